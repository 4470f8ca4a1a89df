from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from carriers import Carrier


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    started = Carrier(tmp_path).start(refused=0, early=0, twice=0, late=0)
    yield started
    started.stop()
