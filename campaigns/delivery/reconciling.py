"""What became of messages whose answer never came: asked, never guessed.

An expired lease leaves a message in doubt. The provider's ledger is asked 2, 15 and
60 minutes after the attempt; then a person decides. Nothing here ever sends again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    SmallInteger,
    String,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from campaigns.delivery import addressing, tally
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.people import settle
from campaigns.delivery.provider import Outgoing, Submission
from campaigns.orm import micros, number, packed, rows
from campaigns.vocabulary import MessageState

QUESTIONS = (timedelta(minutes=2), timedelta(minutes=15), timedelta(minutes=60))
"""When the ledger is asked, counted from the attempt."""
_BATCH = 500
_FIRST = number(QUESTIONS[0] // timedelta(microseconds=1))
_AGAIN = timedelta(minutes=1)


def expire(session: Session, now: datetime, size: int = _BATCH) -> int:
    """Put messages whose lease is over in doubt; return how many.

    The attempt stays: a late answer to it still counts.
    """
    old = (
        select(Message.id)
        .where(
            Message.state == number(MessageState.SUBMITTING),
            Message.lease_until < now,
        )
        .order_by(Message.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    moved = session.execute(
        change(Message)
        .where(
            Message.id.in_(select(old.c.id)),
            Message.state == number(MessageState.SUBMITTING),
        )
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=MessageState.IN_DOUBT,
            due_at=Message.submitted_at + _FIRST,
            asked=0,
            lease_until=None,
        )
        .returning(*tally.MOVED, Message.attempt, Message.provider)
        .execution_options(synchronize_session=False)
    ).all()
    _note_expired(session, moved, now)
    settle(session, moved)
    return len(moved)


def _note_expired(session: Session, moved: Sequence[Any], now: datetime) -> None:
    lost = [
        {
            "message_id": row.id,
            "number": row.attempt,
            "provider": row.provider or "",
            "outcome": MessageState.IN_DOUBT.name.lower(),
            "code": "lease",
            "at": now,
        }
        for row in moved
    ]
    if lost:
        session.execute(insert(Attempt), lost)


@dataclass(frozen=True, slots=True)
class Question:
    """A message in doubt, as its provider is asked about it; ``asked`` times so far."""

    provider: str
    asked: int
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ledger said: a submission, nothing, or no answer at all."""

    question: Question
    submission: Submission | None
    heard: bool = True


def questions(
    session: Session, now: datetime, *, signer: bytes, size: int = 50
) -> list[Question]:
    """Messages about which a provider must be asked now."""
    due = session.execute(
        select(*tally.MOVED, *addressing.NEEDED, *_ASKED)
        .where(
            Message.state == number(MessageState.IN_DOUBT),
            Message.due_at <= now,
            Message.asked < len(QUESTIONS),
            Message.portal_batch_id.is_(None),
        )
        .order_by(Message.due_at, Message.id)
        .limit(size)
    ).all()
    by_campaign: dict[int, list[Any]] = defaultdict(list)
    for row in due:
        by_campaign[row.campaign_id].append(row)
    found: list[Question] = []
    for campaign_id, rows_of_it in by_campaign.items():
        found += _questions(session, campaign_id, rows_of_it, signer)
    return found


def anything_to_ask(session: Session, now: datetime) -> bool:
    """Whether a provider must be asked now."""
    due = exists().where(
        Message.state == number(MessageState.IN_DOUBT),
        Message.due_at <= now,
        Message.asked < len(QUESTIONS),
    )
    return bool(session.scalar(select(due)))


_ASKED = (Message.asked, Message.provider, Message.submitted_at)


def _questions(
    session: Session, campaign_id: int, due: list[Any], signer: bytes
) -> list[Question]:
    dispatch = Dispatch.of(session, campaign_id)
    known = addressing.numbers(session, due)
    # A number that was corrected since cannot be asked about: a person must look.
    deadline = time.monotonic() + _AGAIN.total_seconds()
    made = []
    for row in due:
        ready = addressing.outgoing(
            dispatch,
            [row],
            known,
            signer=signer,
            deadline=deadline,
            now=row.submitted_at,
        )
        made += [Question(row.provider, row.asked, out) for out in ready]
    return made


def answered(session: Session, answers: Iterable[Answer], now: datetime) -> int:
    """Record what ledgers said; return how many messages were found there."""
    found = [answer for answer in answers if answer.submission is not None]
    missing = [answer for answer in answers if answer.submission is None]
    _postpone(session, [_next(answer, now) for answer in missing])
    moved = _found(session, found, now)
    settle(session, moved)
    return len(moved)


def _next(answer: Answer, now: datetime) -> tuple[int, int, int]:
    out, asked = answer.question.outgoing, answer.question.asked
    if not answer.heard:
        return out.message_id, asked, micros(now + _AGAIN)
    following = QUESTIONS[min(asked + 1, len(QUESTIONS) - 1)]
    return out.message_id, asked + 1, micros(out.submitted_at + following)


def _postpone(session: Session, later: Iterable[tuple[int, int, int]]) -> None:
    got = rows("got", {"id": BigInteger, "asked": SmallInteger, "due_at": BigInteger})
    session.execute(
        change(Message)
        .where(Message.id == got.c.id, Message.state == number(MessageState.IN_DOUBT))
        .values(asked=got.c.asked, due_at=got.c.due_at)
        .execution_options(synchronize_session=False),
        {"got": packed(later)},
    )


def _found(session: Session, answers: Iterable[Answer], now: datetime) -> Sequence[Any]:
    facts = [
        (
            answer.question.outgoing.message_id,
            answer.question.outgoing.attempt,
            int(answer.submission.state),
            answer.submission.reason,
            answer.submission.code,
            answer.submission.reference,
        )
        for answer in answers
        if answer.submission is not None
    ]
    got = rows("got", _GOT)
    return session.execute(
        change(Message)
        .where(
            Message.id == got.c.id,
            Message.attempt == got.c.attempt,
            Message.state == number(MessageState.IN_DOUBT),
        )
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=got.c.state,
            reason=got.c.reason,
            code=got.c.code,
            claim=None,
            provider_ref=func.coalesce(got.c.reference, Message.provider_ref),
            accepted_at=func.coalesce(
                Message.accepted_at, literal(now, Message.accepted_at.type)
            ),
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False),
        {"got": packed(facts)},
    ).all()


_GOT = {
    "id": BigInteger,
    "attempt": Integer,
    "state": SmallInteger,
    "reason": String,
    "code": String,
    "reference": String,
}
