"""Turns on a line, taken for all lanes of a task in a transaction of its own.

Taken in the transaction of the claim, the line's row would stay locked until that claim
is on disk, and every lane of every worker would stand in one queue.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from campaigns.delivery.finishing import is_due
from campaigns.delivery.line import Turn, take
from outreach.routes import Route
from outreach.wiring import Wiring

_KEPT_SECONDS = 0.25
"""As far as a line gives turns in advance: what is older would be a burst."""

LONGEST_NAP = 1.0
"""Seconds after which a lane without a turn asks again."""


class Turns:
    """What one task may send now; asked from several threads."""

    def __init__(self, wiring: Wiring, routes: Sequence[Route]) -> None:
        self._wiring = wiring
        self._routes = routes
        self._lock = Lock()
        self._heard: dict[str, float] = {}
        self.forget()

    def take(self, want: int) -> tuple[Turn, Route]:
        """Up to ``want`` messages and whom they go through.

        Another route than the first is asked only while the first one's breaker is
        open: what is queued then was certainly not accepted.
        """
        with self._lock:
            if not self._left or time.monotonic() > self._until:
                self._ask(want * self._wiring.settings.lanes)
            given = min(want, self._left)
            self._left -= given
            return replace(self._turn, messages=given), self._route

    def idle(self, turn: Turn) -> bool:
        """Whether a line that stands still has nothing to wait for: nothing is due.

        The database is asked once a nap at most, and never while the line works.
        """
        if turn.wait < LONGEST_NAP:
            return False
        mine = self._routes[0].dispatch.campaign.id
        with self._wiring.database.reading() as session:
            return not is_due(session, mine, self._wiring.clock())

    def hear(self, provider: str) -> None:
        """``provider`` has answered just now."""
        self._heard[provider] = time.monotonic()

    def heard(self, provider: str, since: float) -> bool:
        """Whether ``provider`` has answered any lane ``since``, by the monotonic clock.

        Slow answers hold up the lanes that wait for them and end together: many in a
        row, though the carrier answered everybody else.
        """
        return self._heard.get(provider, 0.0) >= since

    def forget(self) -> None:
        """Ask the line anew: it was slowed down or stopped."""
        self._turn, self._route = Turn(0), self._routes[0]
        self._left, self._until = 0, 0.0

    def _ask(self, want: int) -> None:
        with self._wiring.database.writing() as session:
            now = self._wiring.clock()
            for route in self._routes:
                name, limits = route.dispatch.provider, route.provider.limits
                turn = take(session, name, want, limits.per_second, now)
                self._turn, self._route = turn, route
                if turn.messages or not turn.failed:
                    break
        self._left = self._turn.messages
        self._until = time.monotonic() + _KEPT_SECONDS
