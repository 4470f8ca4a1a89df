"""All scenarios of the drill, in the order in which they play."""

from __future__ import annotations

from outreach.drill import (
    deciding,
    ending,
    filling,
    keeping,
    queueing,
    spreading,
    troubling,
)
from outreach.drill.scene import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for module in (ending, queueing, keeping, filling, troubling, deciding, spreading)
    for scenario in module.SCENARIOS
}
SETS = ("quick", "nightly")


def chosen(names: tuple[str, ...], wanted: str | None) -> list[Scenario]:
    """The named scenarios and those of a set, each once."""
    return [
        each
        for each in SCENARIOS.values()
        if each.name in names or (wanted and (wanted == "nightly" or not each.nightly))
    ]
