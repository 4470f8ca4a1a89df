"""The messages of a number file: found in its order, and moved out of submitting."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.delivery import addressing, tally
from campaigns.delivery.claiming import refused
from campaigns.delivery.models import Message, PortalBatch
from campaigns.orm import number, table_of
from campaigns.planning.models import Campaign
from campaigns.vocabulary import MessageState, Reason

MADE, SUBMITTED, RETURNED = "made", "submitted", "returned"
TOTALS, ABANDONED = "totals", "abandoned"
_message = table_of(Message)
_m = _message.c


def mixed(row: Any) -> bytes:  # noqa: ANN401 - a row of the message table
    """What a file is sorted by: neighbours on the register do not stay neighbours."""
    return hashlib.sha256(f"{row.id}:{row.attempt}".encode() + row.phone_index).digest()


def in_batch(
    session: Session, batch: PortalBatch, *, refused_only: bool = False
) -> Sequence[Any]:
    """The batch's messages in the order of its file."""
    campaign = session.get_one(Campaign, batch.campaign_id)
    found = select(*tally.MOVED, *addressing.NEEDED).where(
        _m.portal_batch_id == batch.id, _m.state < number(MessageState.REJECTED)
    )
    if refused_only:
        found = found.where(refused(campaign.urgency))
    return sorted(session.execute(found).all(), key=mixed)


def leave(state: MessageState, reason: Reason, now: datetime) -> Any:  # noqa: ANN401
    """The UPDATE that moves submitting messages to ``state``; narrow it further."""
    ended = state >= MessageState.REJECTED
    return (
        update(_message)
        .where(_m.state == number(MessageState.SUBMITTING))
        .values(
            was=_m.state,
            was_reason=_m.reason,
            state=int(state),
            reason=reason,
            claim=None,
            finished_at=now if ended else None,
        )
        .returning(*tally.MOVED)
    )
