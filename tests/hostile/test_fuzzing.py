"""The fuzzing targets run, and some hundred damaged things do no harm."""

from __future__ import annotations

import pytest
from hostile.fuzzing import TARGETS, run

from campaigns import privacy
from outreach import wiring

TURNS = {"importer": 25, "reader": 300, "callbacks": 300}


@pytest.mark.parametrize("target", TARGETS)
def test_damaged_things_are_refused_or_read(tmp_path, keyring, target):
    turns = TURNS[target]
    assert run(target, tmp_path, seed=7, seconds=250, turns=turns) == turns
    wiring._current.clear()
    privacy.unlock(keyring)
