"""Lanes: take tokens, claim, carry, record, and again, until the time is up.

Database work runs in threads, the network in the process's loop; while one lane
writes, the others speak to the carrier. An outcome that cannot be recorded is
kept and tried again for ten minutes: forgetting it would leave people in doubt.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from campaigns.delivery import line
from campaigns.delivery.carrying import Slots
from campaigns.delivery.claiming import Batch, claim
from campaigns.delivery.requeueing import release
from campaigns.delivery.sending import Outcome, carry, record
from outreach.journal import Page, of_the_dead
from outreach.loop import LOOP
from outreach.routes import Route, routes
from outreach.turns import LONGEST_NAP, Turns
from outreach.wiring import Wiring

BUDGET = 15.0
"""Seconds that one task serves a campaign before it makes room for others."""

MOST = 256
"""Messages of one claim: what a journal's page holds, and what a pause waits for.

Twice as many as 128 save a fifth of the database's time for each.
"""

_BRISK_SECONDS = 0.5
_KEEP_SECONDS = 600.0
_RETRY_SECONDS = 1.0
_log = logging.getLogger(__name__)
_busy: set[int] = set()
_guard = Lock()
closing = Event()
"""Set when this process is told to end."""


@contextmanager
def alone(campaign_id: int) -> Iterator[bool]:
    """Whether nobody else in this process serves the campaign: hints come twice."""
    with _guard:
        free = campaign_id not in _busy
        _busy.add(campaign_id)
    try:
        yield free
    finally:
        if free:
            with _guard:
                _busy.discard(campaign_id)


def close() -> None:
    """Let lanes end what they carry and claim nothing more: the process is to stop.

    A supervisor does not wait for a whole budget, and what it kills is left in doubt.
    """
    closing.set()


def send(wiring: Wiring, campaign_id: int, seconds: float = BUDGET) -> int:
    """Serve ``campaign_id`` for ``seconds``; return how many messages were carried."""
    with alone(campaign_id) as mine:
        if not mine:
            return 0
        take_over(wiring)
        with wiring.database.reading() as session:
            roads = routes(wiring, session, campaign_id)
        until = time.monotonic() + seconds
        return sum(LOOP.run(_together(wiring, roads, until)))


def take_over(wiring: Wiring) -> int:
    """Return to the queue what dead processes of this machine claimed and never began.

    A row that a journal proves unwritten needs no lease to end and leaves no doubt.
    """
    returned = 0
    for left in of_the_dead(wiring.journals):
        with wiring.database.writing() as session:
            now = wiring.clock()
            for each in left:
                returned += release(session, each.claim, each.ids, now)
    return returned


async def _together(wiring: Wiring, roads: Sequence[Route], until: float) -> list[int]:
    settings, least = wiring.settings, roads[0].provider.limits.in_flight
    slots, turns = Slots(settings.shares * least), Turns(wiring, roads)
    lanes = [Lane(wiring, turns, until, slots, least) for _ in range(settings.lanes)]
    # Each is waited for: where one lane fails, the other must not be left with
    # requests under way while its task counts as ended and the process may stop.
    ended = await asyncio.gather(
        *(lane.run() for lane in lanes), return_exceptions=True
    )
    carried = []
    for end in ended:
        if isinstance(end, BaseException):
            raise end
        carried.append(end)
    return carried


@dataclass(slots=True)
class Lane:
    """One of a process's lanes; together they keep ``slots`` requests under way.

    A lane claims more than its share of the slots where its batches go out quickly:
    while it writes to the database, the batches of the others fill the slots.
    """

    wiring: Wiring
    turns: Turns
    until: float
    slots: Slots
    least: int
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Begin with a share of the slots."""
        self.size = self.least

    async def run(self) -> int:
        """Work until the time is up or nothing is due; return how many were carried."""
        carried = 0
        while time.monotonic() < self.until and not closing.is_set():
            turn, route, batch, page = await asyncio.to_thread(self._next)
            if batch.messages:
                began = time.monotonic()
                outcomes = await self._carry(route, batch, page)
                if any(outcome.heard for outcome in outcomes):
                    self.turns.hear(batch.provider)
                turn = replace(turn, heard=self.turns.heard(batch.provider, began))
                await asyncio.to_thread(self._keep, batch, outcomes, turn)
                page.close()
                carried += len(batch.messages)
            elif turn.messages or await asyncio.to_thread(self.turns.idle, turn):
                break
            else:
                await asyncio.sleep(min(turn.wait, LONGEST_NAP))
        return carried

    async def _carry(self, route: Route, batch: Batch, page: Page) -> list[Outcome]:
        began = time.monotonic()
        outcomes = await carry(route.provider, batch, page.begin, self.slots)
        # What waits for a slot is beyond the reach of pause and refusal already.
        if time.monotonic() - began > _BRISK_SECONDS:
            self.size = max(self.size // 2, self.least)
        elif len(batch.messages) == self.size:
            self.size = min(self.size * 2, MOST)
        return outcomes

    def _next(self) -> tuple[line.Turn, Route, Batch, Page]:
        """Turns on the line, then one transaction that claims as many messages.

        What is claimed stands in the journal before it is committed.
        """
        turn, route = self.turns.take(self.size)
        batch, ids = Batch("", "", ()), list[int]()
        if not turn.messages:
            return turn, route, batch, self.wiring.journal.note("", ids)
        try:
            with self.wiring.database.writing() as session:
                batch = self._claim(session, route, turn, self.wiring.clock())
                ids = [outgoing.message_id for outgoing in batch.messages]
                page = self.wiring.journal.note(batch.claim, ids)
        except DBAPIError:
            # Whether it was committed is unknown; that we wrote nothing is certain.
            if ids:
                self._patiently(batch, lambda: self._give_back(batch))
            raise
        return turn, route, batch, page

    def _claim(
        self, session: Session, route: Route, turn: line.Turn, now: datetime
    ) -> Batch:
        return claim(
            session,
            route.dispatch,
            turn.messages,
            now,
            signer=self.wiring.signer,
            limits=route.provider.limits,
            lease=timedelta(seconds=self.wiring.settings.lease_seconds),
        )

    def _give_back(self, batch: Batch) -> None:
        ids = [out.message_id for out in batch.messages]
        with self.wiring.database.writing() as session:
            release(session, batch.claim, ids, self.wiring.clock())

    def _keep(self, batch: Batch, outcomes: Sequence[Outcome], turn: line.Turn) -> None:
        if any(o.throttled or o.broken or not o.heard for o in outcomes):
            self.turns.forget()
        try:
            self._patiently(batch, lambda: self._record(batch, outcomes, turn))
        except (DataError, IntegrityError):
            self._record_each(batch, outcomes, turn)

    @staticmethod
    def _patiently(batch: Batch, work: Callable[[], None]) -> None:
        """Do ``work`` again for ten minutes while the database is away."""
        give_up = time.monotonic() + _KEEP_SECONDS
        while True:
            try:
                work()
            except (DataError, IntegrityError):
                raise
            except DBAPIError:
                if time.monotonic() > give_up:
                    raise
                _log.warning("claim %s waits for the database", batch.claim)
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def _record_each(
        self, batch: Batch, outcomes: Sequence[Outcome], turn: line.Turn
    ) -> None:
        """One value that the database refuses must leave one person in doubt."""
        for outcome in outcomes:
            try:
                self._record(batch, [outcome], turn)
            except (DataError, IntegrityError):
                _log.exception("an outcome of message %s", outcome.message_id)

    def _record(
        self, batch: Batch, outcomes: Sequence[Outcome], turn: line.Turn
    ) -> None:
        with self.wiring.database.writing() as session:
            now = self.wiring.clock()
            record(session, batch, outcomes, now, turn)
