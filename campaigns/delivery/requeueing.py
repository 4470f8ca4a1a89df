"""Back to the queue: by proof that nothing was written, or by a decision.

Rule of the house: a statement that changes many rows locks them first in the order of
their ids, so that no two writers wait in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, select, update
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.people import settle
from campaigns.orm import by_key, number, packed_ids, rows, table_of
from campaigns.vocabulary import MessageState, Reason

_message = table_of(Message)
_m = _message.c
_PROVABLE = [
    number(state) for state in (MessageState.SUBMITTING, MessageState.IN_DOUBT)
]
_a = table_of(Attempt).c
_doubted = rows("doubted", {"id": BigInteger})
_NEVER_BEGUN = (
    update(table_of(Attempt))
    .where(
        _a.message_id.in_(select(_doubted.c.id)),
        _a.number == select(_m.attempt).where(_m.id == _a.message_id).scalar_subquery(),
        _a.outcome == MessageState.IN_DOUBT.name.lower(),
    )
    .values(outcome=MessageState.QUEUED.name.lower())
)


def release(session: Session, claim_id: str, ids: Sequence[int], now: datetime) -> int:
    """Return ``ids`` of a claim's rows to the queue; how many went back.

    Only by proof that nothing was written: it may come after the lease is over, and
    then what was noted as a doubt is none.
    """
    mine = _m.id.in_(ids), _m.claim == claim_id, by_key(_m.state).in_(_PROVABLE)
    moved = requeue(session, now, *mine)
    doubted = [row.id for row in moved if row.was == MessageState.IN_DOUBT]
    if doubted:
        session.execute(_NEVER_BEGUN, {"doubted": packed_ids(doubted)})
    return len(moved)


def requeue(
    session: Session, now: datetime, *which: ColumnElement[bool]
) -> Sequence[Any]:
    """Put messages back into the queue, due now; return what moved.

    For callers who hold the proof, or the decision, that lets them be sent.
    """
    if not locked_rows(session, *which):
        return []
    moved = session.execute(
        update(_message)
        .where(*which)
        .values(
            was=_m.state,
            was_reason=_m.reason,
            state=number(MessageState.QUEUED),
            reason=Reason.NONE,
            due_at=now,
            asked=0,
            claim=None,
            lease_until=None,
        )
        .returning(*tally.MOVED)
    ).all()
    settle(session, moved)
    return moved


def locked_rows(session: Session, *conditions: ColumnElement[bool]) -> list[int]:
    """Lock the messages that match, in the order of their ids, and return the ids."""
    ids = select(_m.id).where(*conditions).order_by(_m.id).with_for_update()
    return list(session.scalars(ids))
