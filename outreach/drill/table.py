"""All scenarios of the drill, in the order in which they play."""

from __future__ import annotations

from outreach.drill import (
    deciding,
    ending,
    filling,
    keeping,
    queueing,
    raining,
    spreading,
    troubling,
)
from outreach.drill.scene import Scenario

_MODULES = (
    *(ending, queueing, keeping, raining, filling, troubling, deciding),
    spreading,
)
SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for module in _MODULES for scenario in module.SCENARIOS
}
SETS = ("quick", "nightly")


def chosen(names: tuple[str, ...], wanted: str | None) -> list[Scenario]:
    """The named scenarios and those of a set, each once."""
    return [
        each
        for each in SCENARIOS.values()
        if each.name in names or (wanted and (wanted == "nightly" or not each.nightly))
    ]
