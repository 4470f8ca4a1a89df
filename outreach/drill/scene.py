"""What a scenario is, and the stage on which it plays: one campaign and its oracle."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from campaigns.audience.rules import Rule
from campaigns.vocabulary import MessageState
from outreach.drill.office import Office
from outreach.drill.stand import Stand
from outreach.drill.storm import CALM

RATE = 60
"""Messages a second on the line of the scenarios, so that there is a middle."""
_PATIENCE = 60.0


class NotRun(Exception):
    """This machine cannot play the scenario; the sentence says why."""


@dataclass(slots=True)
class Scene:
    """One scenario under way.

    ``wrong`` gathers what did not hold beside the oracle, ``told`` what was measured.
    """

    stand: Stand
    office: Office
    draw: random.Random
    campaigns: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def begin(
        self,
        people: int = 240,
        *,
        within: timedelta | None = None,
        **behaviour: Any,  # noqa: ANN401 - a behaviour's fields
    ) -> int:
        """Release a campaign to ``people`` and return when the first are accepted."""
        campaign = self.release(people, within=within, **behaviour)
        self.until_accepted(campaign, 1)
        return campaign

    def release(
        self,
        people: int = 240,
        *,
        within: timedelta | None = None,
        **behaviour: Any,  # noqa: ANN401 - a behaviour's fields
    ) -> int:
        """Release a campaign to ``people`` of a village of their own."""
        village = self.office.settle(people)
        self.stand.behave(**{**CALM, **behaviour})
        rule = Rule(villages=(village,))
        within = within or timedelta(hours=8)
        campaign = self.office.release(rule, within=within)
        self.campaigns.append(campaign)
        return campaign

    def until_accepted(self, campaign: int, n: int) -> None:
        """Wait until the carrier answered for ``n`` messages."""
        self.until(lambda: self.office.accepted(campaign) >= n, "nothing was accepted")

    def until(
        self,
        question: Callable[[], object],
        failing: str,
        patience: float = _PATIENCE,
    ) -> None:
        """Wait for something that must come; note where it did not."""

        def safely() -> object:
            with suppress(SQLAlchemyError):
                return question()
            return False

        self.check(failing, holds=self.stand.until(safely, patience))

    def count(self, state: MessageState) -> int:
        """Messages of this scene in one state."""
        return sum(self.office.states(c)[state] for c in self.campaigns)

    def over(self) -> bool:
        """Whether nothing is queued any more."""
        with suppress(SQLAlchemyError):
            launched = all(self.office.launched(c) for c in self.campaigns)
            return launched and not self.count(MessageState.QUEUED)
        return False

    def check(self, failing: str, *, holds: object) -> None:
        """Note ``failing`` unless it holds."""
        if not holds:
            self.wrong.append(failing)

    def calm(self) -> None:
        """Everything stands, answers and behaves again."""
        self.stand.held.clear()
        self.stand.relay.delay = self.stand.relay.stalled = 0.0
        self.stand.relay.closed = False
        self.stand.until(self.stand.up, _PATIENCE)
        self.stand.behave(**CALM)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario: its name, the faults of the plan that it plays, and how."""

    name: str
    faults: tuple[str, ...]
    words: str
    play: Callable[[Scene], None]
    nightly: bool = False
    """Too long for every day: only in the nightly set, or when it is named."""
