"""Calls wait for what they play: once every township's clip is made, they are due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message
from campaigns.orm import number
from campaigns.planning.models import Campaign
from campaigns.vocabulary import Channel, MessageState


def wanted(session: Session, campaign_id: int) -> list[str]:
    """Codes of the townships where a campaign calls somebody."""
    mine = select(Message.township).where(*_waiting(campaign_id)).distinct()
    return list(session.scalars(mine.order_by(Message.township)))


def attach(
    session: Session, campaign_id: int, clips: Mapping[str, str], now: datetime
) -> int:
    """Keep the fingerprints of ``clips`` by township and make the calls due.

    Safe to repeat; returns how many calls are due.
    """
    campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
    if campaign.calls_ready_at is not None:
        return 0
    campaign.call_clips, campaign.calls_ready_at = dict(clips), now
    session.flush()
    due = session.scalars(
        update(Message)
        .where(*_waiting(campaign_id))
        .values(due_at=now)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(due.all())


def _waiting(campaign_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.campaign_id == campaign_id,
        Message.channel == Channel.VOICE,
        Message.state == number(MessageState.QUEUED),
    )
