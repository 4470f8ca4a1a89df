"""Carrying a claimed batch over the network, and recording what came of it.

Between the two there is no transaction: intent was committed by the claim, outcomes
are recorded in one transaction afterwards. ``carry`` never raises and ``record``
never fails a whole batch for one bad row: either would leave everybody in doubt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    SmallInteger,
    String,
    and_,
    case,
    func,
    insert,
    literal,
)
from sqlalchemy import update as change
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from campaigns.delivery import line, tally
from campaigns.delivery.claiming import Batch, locked_rows
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.people import settle
from campaigns.delivery.provider import NotAccepted, Outgoing, Provider, Submission
from campaigns.orm import micros, rows
from campaigns.vocabulary import MessageState, Reason

_TOO_LATE = "deadline"
_MOST_ATTEMPTS = 8
_LONGEST_WAIT = timedelta(minutes=15)
_FIRST_WAIT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt.

    ``state`` is ACCEPTED or further, QUEUED (proven not accepted; again after
    ``wait``), REJECTED or IN_DOUBT. ``throttled`` and ``broken`` concern the line.
    """

    message_id: int
    attempt: int
    state: MessageState
    reason: str = Reason.NONE
    code: str | None = None
    reference: str | None = None
    parts: int | None = None
    answer: str | None = None
    wait: timedelta | None = None
    throttled: bool = False
    broken: bool = False


async def carry(provider: Provider, batch: Batch) -> list[Outcome]:
    """Hand all messages of ``batch`` over, concurrently. Never raises."""
    return await asyncio.gather(*(_carry(provider, out) for out in batch.messages))


async def _carry(provider: Provider, outgoing: Outgoing) -> Outcome:
    made = Outcome(outgoing.message_id, outgoing.attempt, MessageState.IN_DOUBT)
    if time.monotonic() >= outgoing.deadline:
        return replace(made, state=MessageState.QUEUED, code=_TOO_LATE)
    try:
        return _accepted(made, await provider.carry(outgoing))
    except NotAccepted as refusal:
        return _refused(made, refusal)
    except Exception as fault:  # noqa: BLE001 - whatever it was, the outcome is unknown
        return replace(made, answer=f"{type(fault).__name__}: {fault}")


def _accepted(made: Outcome, submission: Submission) -> Outcome:
    return replace(
        made,
        state=submission.state,
        reason=submission.reason,
        code=submission.code,
        reference=submission.reference,
        parts=submission.parts,
    )


def _refused(made: Outcome, refusal: NotAccepted) -> Outcome:
    told = replace(
        made,
        code=refusal.code,
        answer=refusal.answer,
        throttled=refusal.throttled,
        broken=refusal.broken,
    )
    if refusal.permanent:
        return replace(told, state=MessageState.REJECTED, reason=refusal.reason)
    backoff = _FIRST_WAIT * 2 ** min(made.attempt - 1, _MOST_ATTEMPTS)
    wait = timedelta(seconds=refusal.retry_after) if refusal.retry_after else backoff
    return replace(told, state=MessageState.QUEUED, wait=min(wait, _LONGEST_WAIT))


def record(
    session: Session, batch: Batch, outcomes: Sequence[Outcome], now: datetime
) -> None:
    """Record a batch: states, counts, failed attempts and what the line must learn.

    Safe to repeat: an outcome counts once, for its own attempt only, and never
    against what a receipt has already said.
    """
    clean = [_clean(outcome) for outcome in outcomes]
    locked_rows(session, Message.id.in_([outcome.message_id for outcome in clean]))
    try:
        with session.begin_nested():
            moved = _move(session, clean, now)
    except (DataError, IntegrityError):
        moved = _one_by_one(session, clean, now)
    settle(session, moved)
    _keep_attempts(session, batch, clean, now)
    _teach_line(session, batch, clean, now)


def _clean(outcome: Outcome) -> Outcome:
    def cut(value: str | None, most: int) -> str | None:
        return value.replace("\0", "")[:most] if value else value

    return replace(
        outcome,
        code=cut(outcome.code, 40),
        reference=cut(outcome.reference, 80),
        answer=cut(outcome.answer, 200),
    )


def _one_by_one(
    session: Session, outcomes: Iterable[Outcome], now: datetime
) -> list[Any]:
    moved: list[Any] = []
    for outcome in outcomes:
        try:
            with session.begin_nested():
                moved += _move(session, [outcome], now)
        except (DataError, IntegrityError):
            doubt = Outcome(outcome.message_id, outcome.attempt, MessageState.IN_DOUBT)
            moved += _move(session, [doubt], now)
    return moved


_GOT = {
    "id": BigInteger,
    "attempt": Integer,
    "state": SmallInteger,
    "reason": String,
    "code": String,
    "reference": String,
    "parts": SmallInteger,
    "due_at": BigInteger,
}


def _move(
    session: Session, outcomes: Sequence[Outcome], now: datetime
) -> Sequence[Any]:
    got = rows([_row(outcome, now) for outcome in outcomes], "got", _GOT)
    # A receipt may have lifted the row while the answer was on its way: it wins.
    mine = Message.state.in_((MessageState.SUBMITTING, MessageState.IN_DOUBT))
    done = case((mine, got.c.state), else_=Message.state)
    taken = got.c.state.between(MessageState.ACCEPTED, MessageState.DELIVERED)
    moment = literal(now, Message.accepted_at.type)
    return session.execute(
        change(Message)
        .where(
            Message.id == got.c.id,
            Message.attempt == got.c.attempt,
            Message.state < MessageState.REJECTED,
        )
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=done,
            reason=case((mine, got.c.reason), else_=Message.reason),
            code=case((mine, got.c.code), else_=Message.code),
            due_at=case((mine, got.c.due_at), else_=Message.due_at),
            parts=case(
                (mine, func.coalesce(got.c.parts, Message.parts)),
                else_=Message.parts,
            ),
            claim=None,
            lease_until=None,
            provider_ref=func.coalesce(got.c.reference, Message.provider_ref),
            accepted_at=case(
                (and_(mine, taken), func.coalesce(Message.accepted_at, moment)),
                else_=Message.accepted_at,
            ),
            finished_at=case(
                (and_(mine, got.c.state >= MessageState.UNDELIVERED), moment),
                else_=Message.finished_at,
            ),
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()


def _row(outcome: Outcome, now: datetime) -> tuple[object, ...]:
    due = now + FIRST_QUESTION if outcome.state == MessageState.IN_DOUBT else now
    return (
        outcome.message_id,
        outcome.attempt,
        int(outcome.state),
        outcome.reason,
        outcome.code,
        outcome.reference,
        outcome.parts,
        micros(now + outcome.wait if outcome.wait else due),
    )


FIRST_QUESTION = timedelta(minutes=2)
"""After so long the provider is asked about a message in doubt for the first time."""


def _keep_attempts(
    session: Session, batch: Batch, outcomes: Iterable[Outcome], now: datetime
) -> None:
    failed = [
        {
            "message_id": outcome.message_id,
            "number": outcome.attempt,
            "provider": batch.provider,
            "outcome": outcome.state.name.lower(),
            "code": outcome.code,
            "answer": outcome.answer,
            "at": now,
        }
        for outcome in outcomes
        if not tally.billed(outcome.state) and outcome.code != _TOO_LATE
    ]
    if failed:
        session.execute(insert(Attempt), failed)


def _teach_line(
    session: Session, batch: Batch, outcomes: Sequence[Outcome], now: datetime
) -> None:
    throttled = [outcome for outcome in outcomes if outcome.throttled]
    if any(outcome.broken for outcome in outcomes):
        line.open_breaker(session, batch.provider, now)
    elif throttled:
        waits = [outcome.wait.total_seconds() for outcome in throttled if outcome.wait]
        line.slow_down(session, batch.provider, now, retry_after=max(waits, default=0))
    elif outcomes:
        line.close_breaker(session, batch.provider)
