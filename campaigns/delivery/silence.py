"""Messages about which no report ever came: after 72 hours they have no receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    select,
)
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.vocabulary import MessageState

SILENCE = timedelta(hours=72)
"""After so long without a report a message counts as "no receipt"."""


def no_receipt(
    session: Session, campaign_id: int, now: datetime, size: int = 2000
) -> int:
    """End the waiting for reports after 72 hours; a late one still counts."""
    old = Message.campaign_id == campaign_id, Message.accepted_at < now - SILENCE
    moved = silence(session, old, now, size)
    settle(session, moved)
    return len(moved)


def silence(
    session: Session,
    which: Iterable[ColumnElement[bool]],
    now: datetime,
    size: int | None = None,
) -> Sequence[Any]:
    """Turn accepted and sent messages into "no receipt"; return what moved."""
    silent = (
        select(Message.id)
        .where(Message.state.in_((MessageState.ACCEPTED, MessageState.SENT)), *which)
        .order_by(Message.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .cte("silent")
    )
    return session.execute(
        change(Message)
        .where(
            Message.id.in_(select(silent.c.id)),
            Message.state < MessageState.NO_RECEIPT,
        )
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=MessageState.NO_RECEIPT,
            finished_at=now,
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
