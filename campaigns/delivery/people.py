"""People follow their messages: what became of a text decides what became of a person.

A recipient moves only when a message reaches an end that matters to a person (no
receipt, undelivered, delivered, or never sent), and whoever shares a phone follows
the message that carried it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, SmallInteger, String, and_, case, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.tally import Cell, Moved
from campaigns.orm import rows
from campaigns.vocabulary import PERSON, Channel, MessageState, Reason

_ENDED = 100


def settle(session: Session, moved: Sequence[Moved]) -> None:
    """Count ``moved`` messages and let the people behind them follow."""
    tally.count(session, moved)
    ends = [row for row in moved if _matters(row)]
    if ends:
        _count(session, _follow(session, ends))


def _matters(row: Moved) -> bool:
    changed = (row.was, row.was_reason) != (row.state, row.reason)
    to_person = row.channel == Channel.SMS and row.member_id is not None
    return changed and to_person and row.state >= MessageState.NO_RECEIPT


def best_of(state: int) -> int:
    """How ``state`` ranks for a person: below nought where nothing was sent."""
    return state - _ENDED if state >= MessageState.REJECTED else state


def _follow(session: Session, ends: Sequence[Moved]) -> Sequence[Any]:
    got = rows(
        _told(session, ends),
        "got",
        {
            "campaign_id": BigInteger,
            "member_id": BigInteger,
            "best": SmallInteger,
            "reason": String,
        },
    )
    alone = case((Recipient.suits, got.c.reason), else_=Reason.UNSUITABLE.value)
    reason = case((got.c.best == MessageState.DELIVERED, alone), else_=got.c.reason)
    forward = or_(
        Recipient.best < got.c.best,
        and_(Recipient.best == 0, got.c.best < 0),
        and_(Recipient.best == got.c.best, Recipient.reason != reason),
    )
    return session.execute(
        change(Recipient)
        .where(
            Recipient.campaign_id == got.c.campaign_id,
            Recipient.member_id == got.c.member_id,
            forward,
        )
        .values(
            was=Recipient.best,
            was_reason=Recipient.reason,
            best=got.c.best,
            reason=reason,
        )
        .returning(
            Recipient.campaign_id,
            Recipient.township,
            Recipient.category,
            Recipient.was,
            Recipient.was_reason,
            Recipient.best,
            Recipient.reason,
        )
        .execution_options(synchronize_session=False)
    ).all()


def _told(
    session: Session, ends: Sequence[Moved]
) -> list[tuple[int, int | None, int, str]]:
    """Each person whom a message speaks for: its own, and those whose phone it is."""
    by_id = {row.id: row for row in ends}
    keys = rows([(key,) for key in by_id], "keys", {"id": BigInteger})
    carried = select(Message.carried_by, Message.member_id).where(
        Message.carried_by.in_(select(keys.c.id))
    )
    followers = [
        (by_id[carrier], member)
        for carrier, member in session.execute(carried)
        if carrier is not None
    ]
    pairs = [*((row, row.member_id) for row in ends), *followers]
    return [
        (row.campaign_id, member, best_of(row.state), row.reason)
        for row, member in pairs
    ]


def _count(session: Session, moved: Iterable[Any]) -> None:
    changes: Counter[Cell] = Counter()
    for row in moved:
        place = (row.campaign_id, row.township, row.category, PERSON)
        changes[Cell(*place, _state(row.was), row.was_reason)] -= 1
        changes[Cell(*place, _state(row.best), row.reason)] += 1
    tally.write(session, changes)


def _state(best: int) -> int:
    return best + _ENDED if best < 0 else best
