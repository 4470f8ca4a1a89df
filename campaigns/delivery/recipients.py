"""The statements that freeze an audience into recipients, one row a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    and_,
    case,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from campaigns.delivery.following import whom
from campaigns.delivery.models import Message, Recipient
from campaigns.orm import table_of
from campaigns.planning.models import Campaign
from campaigns.planning.ways import choice_of
from campaigns.register.models import Member
from campaigns.vocabulary import (
    Addressee,
    Channel,
    MemberStatus,
    MessageState,
    Reason,
)

_SKIPPED_PERSON = MessageState.SKIPPED - 100


def freeze_recipients(session: Session, campaign: Campaign, now: datetime) -> None:
    """One recipient a person, after the messages are there.

    Their own text decides first; then whoever is told otherwise is still open, and
    where only the guardian could have been told, it is their line that says why not.
    """
    untold = Message.state == MessageState.SKIPPED
    skipped = and_(untold, Message.reason != Reason.SHARED_PHONE)
    best = case((skipped, _SKIPPED_PERSON), else_=0)
    reason = case((skipped, Message.reason), else_=Reason.NONE.value)
    people = (
        select(
            Message.campaign_id,
            Message.member_id,
            Message.township,
            Message.village,
            Message.category,
            best,
            best,
            reason,
            reason,
            choice_of(campaign, now).suits,
        )
        .join(Member, Member.id == Message.member_id)
        .where(
            Message.campaign_id == campaign.id,
            Message.channel == Channel.SMS,
            Message.addressee == Addressee.MEMBER,
        )
        .order_by(Message.id)
    )
    session.execute(insert(table_of(Recipient)).from_select(_RECIPIENT, people))
    _follow_second_lines(session, campaign.id)


def _follow_second_lines(session: Session, campaign_id: int) -> None:
    second = aliased(Message)
    theirs = (
        second.campaign_id == Recipient.campaign_id,
        second.member_id == Recipient.member_id,
        or_(second.addressee != Addressee.MEMBER, second.channel != Channel.SMS),
    )
    closed = Recipient.campaign_id == campaign_id, Recipient.best < 0
    going = or_(
        second.state == MessageState.QUEUED, second.reason == Reason.SHARED_PHONE
    )
    # A value and not "exists", which PostgreSQL turns into a join: knowing nothing yet
    # of this campaign's messages it went through all of them for each of its people.
    other = select(second.id).where(*theirs, going).limit(1).scalar_subquery()
    open_ = {"best": 0, "was": 0, "reason": Reason.NONE, "was_reason": Reason.NONE}
    guardians = (
        select(second.reason)
        .where(*theirs, second.addressee == Addressee.GUARDIAN)
        .scalar_subquery()
    )
    instead = or_(
        and_(Recipient.reason == Reason.CHILD, guardians.is_not(None)),
        and_(Recipient.reason.in_(_PHONELESS), guardians.in_(_MET)),
    )
    for change in (
        update(Recipient).where(*closed, other.is_not(None)).values(open_),
        update(Recipient)
        .where(*closed, instead)
        .values(reason=guardians, was_reason=guardians),
    ):
        session.execute(change.execution_options(synchronize_session=False))


def freeze_listeners(session: Session, campaign: Campaign, now: datetime) -> None:
    """Without texts everybody is still a recipient: nobody is dropped silently.

    Whoever cannot hear a loudspeaker is never waiting for it.
    """
    choice = choice_of(campaign, now)
    reason = case(
        (Member.status != MemberStatus.ACTIVE, Reason.INACTIVE.value),
        (Member.village.is_(None), Reason.NO_CONTACT.value),
        (~choice.hears_loudspeaker, Reason.WRONG_CHANNEL.value),
        else_=literal(Reason.NONE.value),
    )
    best = case((reason == Reason.NONE, 0), else_=_SKIPPED_PERSON)
    people = select(
        literal(campaign.id),
        Member.id,
        Member.township,
        Member.village,
        Member.certificate_category,
        best,
        best,
        reason,
        reason,
        literal(value=True),
    ).where(*whom(session, campaign, now))
    session.execute(insert(table_of(Recipient)).from_select(_RECIPIENT, people))


_PHONELESS = (Reason.NO_PHONE, Reason.NUMBER_BAD, Reason.WRONG_CHANNEL)
_MET = (Reason.OPTED_OUT, Reason.FREQUENCY, Reason.PERSONAL_TEXT)
_RECIPIENT = (
    "campaign_id",
    "member_id",
    "township",
    "village",
    "category",
    "best",
    "was",
    "reason",
    "was_reason",
    "suits",
)
