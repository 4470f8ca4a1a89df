"""Telling a person that texts go to another phone of their guardian from now on.

A guardian may be the danger, so a changed number is told to the person by the first
campaign that uses it, once, beside their own text.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from campaigns import privacy
from campaigns.bulletins.templates import lacking
from campaigns.bulletins.wording import NOTICE
from campaigns.delivery.models import Message
from campaigns.orm import number
from campaigns.planning.models import Campaign
from campaigns.register.consent import GUARDIAN_IS_NEW
from campaigns.register.models import Member, Place
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Addressee, Channel, MessageState, Urgency


def add_notices(session: Session, campaign: Campaign) -> int:
    """Queue a notice to whoever gets this campaign and whose guardian does anew.

    Not in an emergency, and not through a carrier that lacks its template: then the
    clerks' list of whom to tell still holds them. Returns how many were queued.
    """
    unit = current_unit(session)
    reachable = unit.text_phone or unit.landline
    if campaign.urgency is Urgency.EMERGENCY or not reachable:
        return 0
    found = _unaware(session, campaign)
    if not found or list(lacking(session, campaign.provider, NOTICE)):
        return 0
    duty = _duty_phones(session)
    told = [pair for pair in found if pair[0].phone_index not in duty]
    for own, member in told:
        session.add(
            Message(
                campaign_id=campaign.id,
                member_id=member.id,
                channel=Channel.ALERT,
                addressee=Addressee.MEMBER,
                phone_index=own.phone_index,
                township=own.township,
                village=own.village,
                category=0,
                state=MessageState.QUEUED,
                was=MessageState.QUEUED,
                due_at=own.due_at,
            )
        )
        member.guardian_noticed_index = member.guardian_phone_index
    session.flush()
    return len(told)


def _unaware(session: Session, campaign: Campaign) -> Sequence[tuple[Message, Member]]:
    """Own texts, with their people, beside a copy to a phone they do not know of."""
    own, copy = aliased(Message), aliased(Message)
    noticed = Member.guardian_noticed_index
    changed = (
        GUARDIAN_IS_NEW,
        or_(noticed.is_(None), noticed != Member.guardian_phone_index),
    )
    # Asked first and alone: nearly always there is nobody, and the planner, who does
    # not know messages made in this transaction, would begin with all of those.
    anybody = select(Member.guardian_phone_index).where(*changed)
    if not session.scalar(anybody.order_by(Member.guardian_known_index).limit(1)):
        return ()
    found = (
        select(own, Member)
        .join(Member, Member.id == own.member_id)
        .join(copy, copy.member_id == own.member_id)
        .where(
            *_goes(own, campaign, Addressee.MEMBER),
            *_goes(copy, campaign, Addressee.GUARDIAN),
            *changed,
        )
    )
    rows = session.execute(found.order_by(own.id))
    return [(message, member) for message, member in rows]


def _goes(
    message: type[Message], campaign: Campaign, to: Addressee
) -> tuple[ColumnElement[bool], ...]:
    return (
        message.campaign_id == campaign.id,
        message.channel == Channel.SMS,
        message.addressee == to,
        message.state == number(MessageState.QUEUED),
    )


def _duty_phones(session: Session) -> set[bytes]:
    """A village's alert must not find its phone taken by a notice."""
    there = select(Place.duty_phone, Place.second_phone).where(
        or_(Place.duty_phone.is_not(None), Place.second_phone.is_not(None))
    )
    return {
        privacy.blind("phone", phone)
        for row in session.execute(there)
        for phone in row
        if phone
    }
