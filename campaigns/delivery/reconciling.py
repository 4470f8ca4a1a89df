"""What became of messages whose answer never came: asked, never guessed.

An expired lease leaves a message in doubt. The provider's ledger is asked 2, 15 and
60 minutes after the attempt; then a person decides, or the campaign's policy about
what its records prove absent (``doubts``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from campaigns.delivery.asking import ASKED, Answer, Question, questions_of
from campaigns.delivery.doubts import QUESTIONS, resend_absent
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.people import settle
from campaigns.orm import by_key, micros, number, packed, rows
from campaigns.vocabulary import MessageState

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
            by_key(Message.state) == number(MessageState.SUBMITTING),
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


def questions(
    session: Session, now: datetime, *, signer: bytes, size: int = 50
) -> list[Question]:
    """Messages about which a provider must be asked now."""
    due = session.execute(
        select(*tally.MOVED, *addressing.NEEDED, *ASKED)
        .where(
            Message.state == number(MessageState.IN_DOUBT),
            Message.due_at <= now,
            Message.asked < len(QUESTIONS),
            Message.portal_batch_id.is_(None),
        )
        .order_by(Message.due_at, Message.id)
        .limit(size)
    ).all()
    by_carrier: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in due:
        by_carrier[row.campaign_id, row.provider].append(row)
    found: list[Question] = []
    for (campaign_id, provider), rows_of_it in by_carrier.items():
        found += questions_of(session, campaign_id, provider, rows_of_it, signer)
    return found


def anything_to_ask(session: Session, now: datetime) -> bool:
    """Whether a provider must be asked now."""
    due = exists().where(
        Message.state == number(MessageState.IN_DOUBT),
        Message.due_at <= now,
        Message.asked < len(QUESTIONS),
    )
    return bool(session.scalar(select(due)))


def answered(session: Session, answers: Iterable[Answer], now: datetime) -> int:
    """Record what ledgers said; return how many messages were found there."""
    found = [answer for answer in answers if answer.submission is not None]
    missing = [answer for answer in answers if answer.submission is None]
    _postpone(session, [_next(answer, now) for answer in missing])
    absent = [each for each in missing if each.heard and not each.mute]
    resend_absent(session, (e.question.outgoing.message_id for e in absent), now)
    moved = _found(session, found, now)
    settle(session, moved)
    return len(moved)


def _next(answer: Answer, now: datetime) -> tuple[int, int, int]:
    out, asked = answer.question.outgoing, answer.question.asked
    if not (answer.heard or answer.mute):
        return out.message_id, asked, micros(now + _AGAIN)
    following = QUESTIONS[min(asked + 1, len(QUESTIONS) - 1)]
    return out.message_id, asked + 1, micros(out.submitted_at + following)


def _postpone(session: Session, later: Iterable[tuple[int, int, int]]) -> None:
    got = rows("got", {"id": BigInteger, "asked": SmallInteger, "due_at": BigInteger})
    session.execute(
        change(Message)
        .where(
            Message.id == got.c.id,
            by_key(Message.state) == number(MessageState.IN_DOUBT),
        )
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
            by_key(Message.state) == number(MessageState.IN_DOUBT),
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
