"""One message's way, from the list to its last receipt, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.doubts import CONFIRMED
from campaigns.delivery.models import Attempt, Message, Receipt
from campaigns.errors import NotFound, mark
from campaigns.planning.lifecycle import get_campaign
from campaigns.vocabulary import MessageState


class Step(StrEnum):
    """What happened to a message."""

    LISTED = "listed"
    SKIPPED = "skipped"
    CARRIED = "carried"
    SUBMITTED = "submitted"
    TRIED = "tried"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Event:
    """A step at a moment; ``state`` and ``reason`` say what it came to.

    ``code`` is the provider's own, ``answer`` its words, ``provider`` its name.
    """

    at: datetime
    step: Step
    state: MessageState | None = None
    reason: str = ""
    provider: str = ""
    code: str | None = None
    answer: str | None = None


def history(session: Session, message_id: int) -> list[Event]:
    """All events of a message, oldest first. Raises NotFound."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(mark("没有找到这条发送记录。"))
    campaign = get_campaign(session, message.campaign_id)
    begun = campaign.launched_at or message.due_at
    found = [
        *_own(message, begun),
        *_attempts(session, message_id),
        *_receipts(session, message.carried_by or message_id),
    ]
    return sorted(found, key=lambda event: event.at)


def _own(message: Message, begun: datetime) -> Iterator[Event]:
    state, reason = MessageState(message.state), message.reason
    provider = message.provider or ""
    if message.carried_by is not None:
        yield Event(begun, Step.CARRIED, state, reason)
        return
    if state is MessageState.SKIPPED:
        yield Event(begun, Step.SKIPPED, state, reason)
        return
    yield Event(begun, Step.LISTED)
    if message.submitted_at:
        yield Event(message.submitted_at, Step.SUBMITTED, provider=provider)
    if message.accepted_at:
        yield Event(message.accepted_at, Step.ACCEPTED, provider=provider)
    if message.finished_at and message.code == CONFIRMED:
        yield Event(message.finished_at, Step.CONFIRMED, state, reason)
    if message.finished_at and state in {
        MessageState.REJECTED,
        MessageState.CANCELLED,
        MessageState.NO_RECEIPT,
    }:
        yield Event(message.finished_at, Step.ENDED, state, reason, code=message.code)


def _attempts(session: Session, message_id: int) -> Iterator[Event]:
    rows = select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.id)
    for row in session.scalars(rows):
        yield Event(
            row.at,
            Step.TRIED,
            provider=row.provider,
            code=row.code,
            answer=row.answer,
        )


def _receipts(session: Session, message_id: int) -> Iterator[Event]:
    rows = select(Receipt).where(Receipt.message_id == message_id).order_by(Receipt.id)
    for row in session.scalars(rows):
        known = MessageState(row.state) if row.state in {*MessageState} else None
        yield Event(
            row.received_at,
            Step.REPORTED,
            known,
            row.reason,
            row.provider,
            row.code,
            row.status or None,
        )
