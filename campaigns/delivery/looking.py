"""A campaign's messages as people look at them: masked, within a scope, by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.doubts import QUESTIONS
from campaigns.delivery.models import Message
from campaigns.errors import NotFound, mark
from campaigns.privacy import mask_name, mask_phone
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import TO_PEOPLE, Addressee, Channel, MessageState

PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One message and its person; ``township`` and ``village`` are codes."""

    message_id: int
    name: str
    channel: Channel
    addressee: Addressee
    phone: str
    township: str
    village: str | None
    state: MessageState
    reason: str
    carried: bool
    asked: int
    at: datetime | None
    ask_at: datetime | None  # when a message in doubt is asked about again


def people(  # noqa: PLR0913 - the filters of one page
    session: Session,
    campaign_id: int,
    *,
    scope: Scope,
    state: int | None = None,
    channel: str = "",
    reason: str = "",
    township: str = "",
    after: int = 0,
    limit: int = PAGE,
) -> list[PersonRow]:
    """Texts and calls to people within ``scope``, by their ids, after ``after``."""
    query = (
        select(Message, Member)
        .join(Member, Member.id == Message.member_id)
        .where(
            Message.campaign_id == campaign_id,
            Message.channel.in_([channel] if channel else TO_PEOPLE),
            Message.id > after,
            *scope.where(),
        )
        .order_by(Message.id)
        .limit(limit)
    )
    if state is not None:
        query = query.where(Message.state == state)
    if reason:
        query = query.where(Message.reason == reason)
    if township:
        query = query.where(Message.township == township)
    return [_row(message, member) for message, member in session.execute(query)]


def get_person(session: Session, message_id: int, scope: Scope) -> PersonRow:
    """One message with its person. Raises NotFound outside ``scope``."""
    found = session.execute(
        select(Message, Member)
        .join(Member, Member.id == Message.member_id)
        .where(Message.id == message_id, *scope.where())
    ).one_or_none()
    if found is None:
        raise NotFound(mark("没有找到这条发送记录。"))
    return _row(*found)


def campaign_of(session: Session, message_id: int) -> int:
    """The campaign of a message. Raises NotFound."""
    found = session.scalar(select(Message.campaign_id).where(Message.id == message_id))
    if found is None:
        raise NotFound(mark("没有找到这条发送记录。"))
    return found


def _asked_again(message: Message) -> bool:
    """Whether the provider's records are looked at once more."""
    doubted = message.state == MessageState.IN_DOUBT
    return doubted and message.asked < len(QUESTIONS)


def _row(message: Message, member: Member) -> PersonRow:
    to_guardian = message.addressee is Addressee.GUARDIAN
    phone = member.guardian_phone if to_guardian else member.phone
    return PersonRow(
        message_id=message.id,
        name=mask_name(member.name),
        channel=message.channel,
        addressee=message.addressee,
        phone=mask_phone(phone) if phone and message.phone_index else "",
        township=message.township,
        village=message.village,
        state=MessageState(message.state),
        reason=message.reason,
        carried=message.carried_by is not None,
        asked=message.asked,
        at=message.finished_at or message.accepted_at or message.submitted_at,
        ask_at=message.due_at if _asked_again(message) else None,
    )
