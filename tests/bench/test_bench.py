"""Small runs of every measurement: the ledger and the database agree, never a time."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from campaigns import privacy
from outreach import wiring
from outreach.bench import AREAS, bench
from outreach.bench.limits import Limits


@pytest.fixture(autouse=True)
def own_keys(keyring: privacy.Keyring) -> Iterator[None]:
    """A measurement has keys of its own; the run's are put back."""
    yield
    wiring._current.clear()
    privacy.unlock(keyring)


SIZES = {
    "audience": {"members": 3_000},
    "import": {"rows": 200},
    "receipts": {"callbacks": 300, "stored": 500},
    "send": {"messages": 400, "processes": 2},
    "statistics": {"messages": [500, 2_500]},
}


@pytest.mark.parametrize("area", sorted(SIZES))
def test_a_small_run_agrees_and_names_every_limit(area: str):
    found = import_module(AREAS[area]).run("small")
    assert found["agreed"]
    assert {name: found[name] for name in SIZES[area]} == SIZES[area]
    limited = {**found["at_least"], **found["at_most"]}
    assert limited
    assert all(found[name] > 0 for name in limited)
    plans = found.get("statements", {})
    assert all(one["buffers"][1] > 0 for one in plans.values())


def test_a_figure_outside_its_limit_or_a_disagreement_fails():
    limits = Limits(least={"ratio": 0.5}, most={"growth": 1.5})
    good = {"ratio": 0.5, "growth": 1.5}
    assert limits.judged(good, agreed=True)["ok"]
    assert not limits.judged(good, agreed=False)["ok"]
    assert not limits.judged({**good, "ratio": 0.49}, agreed=True)["ok"]
    assert not limits.judged({**good, "growth": 1.51}, agreed=True)["ok"]


def test_an_option_of_another_area_is_wrong_use():
    said = CliRunner().invoke(bench, ["import", "--members", "5"])
    assert said.exit_code == click.UsageError.exit_code
    assert "--members" in said.output
