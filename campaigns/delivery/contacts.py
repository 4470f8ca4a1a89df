"""What was sent to one person and what became of it, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message
from campaigns.planning.models import Campaign
from campaigns.vocabulary import Addressee, Channel, MessageState

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to tell somebody something."""

    message_id: int
    campaign_id: int
    campaign: str
    channel: Channel
    addressee: Addressee
    state: MessageState
    reason: str
    at: datetime


def contacts_of(
    session: Session, *member_ids: int, limit: int = _SHOWN
) -> list[Contact]:
    """The last messages made for a person's rows, skipped ones with their reason."""
    query = (
        select(Message, Campaign.name)
        .join(Campaign, Campaign.id == Message.campaign_id)
        .where(Message.member_id.in_(member_ids))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return [_contact(message, name) for message, name in session.execute(query)]


def _contact(message: Message, campaign: str) -> Contact:
    return Contact(
        message.id,
        message.campaign_id,
        campaign,
        message.channel,
        message.addressee,
        MessageState(message.state),
        message.reason,
        message.finished_at or message.accepted_at or message.due_at,
    )
