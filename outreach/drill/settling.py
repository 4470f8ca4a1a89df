"""Waiting until a service has recovered, and settling what is in doubt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import httpx
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from campaigns.delivery.doubts import QUESTIONS
from campaigns.delivery.models import Message
from campaigns.delivery.reconciling import anything_to_ask
from campaigns.vocabulary import MessageState
from outreach import enquiring, receiving
from outreach.drill.office import Office
from outreach.drill.stand import Stand
from outreach.simulator import asking
from outreach.wiring import Wiring

PATIENCE = 600.0
_MINUTE = timedelta(minutes=1)


def recovered(
    stand: Stand, office: Office, campaigns: Sequence[int], since: float
) -> float | None:
    """Seconds ``since`` until nothing is due, under way or unread; None if never.

    Messages in doubt are not part of it: they wait for their questions.
    """

    def quiet() -> bool:
        with suppress(SQLAlchemyError):
            return all(office.handed_over(campaign) for campaign in campaigns)
        return False

    if not stand.until(quiet, PATIENCE):
        return None
    return round(time.monotonic() - since, 1)


def told(stand: Stand, office: Office, campaigns: Sequence[int]) -> None:
    """Wait until the carrier has reported what it will, and all of it is applied."""

    def nothing_pending() -> bool:
        with suppress(httpx.HTTPError, SQLAlchemyError):
            pending = asking.summary(stand.settings)["pending_receipts"]
            return not pending and all(office.handed_over(c) for c in campaigns)
        return False

    stand.until(nothing_pending, PATIENCE)


def ask(wiring: Wiring, moments: Sequence[timedelta] = QUESTIONS) -> int:
    """Ask the ledger as often as the product does, without waiting for the hours.

    It is the product's own sweep; only its clock runs ahead, from question to question.
    Returns how many messages in doubt were found there.
    """
    found = 0
    for moment in moments:
        with ahead(wiring, moment + _MINUTE):
            while _left(wiring):
                found += enquiring.reconcile(wiring)
    return found


def poll(wiring: Wiring, after: timedelta) -> int:
    """Ask for reports that never came, ``after`` so long; how many there were."""
    with ahead(wiring, after + _MINUTE):
        more = enquiring.poll(wiring)
        receiving.apply(wiring)
    return more


def bring_forward(wiring: Wiring) -> None:
    """Let what was queued by a clock that ran ahead be due now."""
    now = wiring.clock()
    waits = Message.state == MessageState.QUEUED, Message.due_at > now
    with wiring.database.writing() as session:
        session.execute(update(Message).where(*waits).values(due_at=now))


@contextmanager
def ahead(wiring: Wiring, by: timedelta) -> Iterator[None]:
    """Let this process's clock run ahead: the hours are not waited for."""
    clock: Callable[[], datetime] = wiring.clock
    wiring.clock = lambda: clock() + by
    try:
        yield
    finally:
        wiring.clock = clock


def _left(wiring: Wiring) -> bool:
    with wiring.database.reading() as session:
        return anything_to_ask(session, wiring.clock())
