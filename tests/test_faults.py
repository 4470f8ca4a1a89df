"""The plan of faults is played: every scenario and test that it names exists."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_promises import proofs_in

from outreach.drill.faults import FAULTS, STORM, rows
from outreach.drill.table import SCENARIOS

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"


def test_the_plan_is_whole_and_most_of_it_is_played():
    assert list(FAULTS) == [f"F{n:02}" for n in range(1, 73)]
    assert sum(1 for fault in FAULTS.values() if fault.played) >= 60


@pytest.mark.parametrize("code", FAULTS)
def test_what_plays_a_fault_exists_or_it_is_said_why_nothing_does(code):
    fault = FAULTS[code]
    assert bool(fault.played) != bool(fault.why)
    for each in fault.played:
        if "::" in each:
            path, name = each.removeprefix("tests/").split("::")
            assert name in proofs_in(path), each
        elif each != STORM:
            assert code in SCENARIOS[each].faults, each


def test_every_scenario_plays_a_fault_of_the_plan():
    for scenario in SCENARIOS.values():
        for code in scenario.faults:
            assert scenario.name in FAULTS[code].played, (scenario.name, code)


def test_the_page_shows_the_plan():
    assert PAGE.read_text("utf-8").endswith(rows())
