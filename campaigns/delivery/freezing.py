"""The statements that freeze an audience into messages and recipients."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    CTE,
    ColumnElement,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from campaigns.audience import channel_choice as choice
from campaigns.audience.rules import Rule
from campaigns.audience.selection import where
from campaigns.delivery.models import Message, Recipient
from campaigns.orm import number, table_of
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.vocabulary import (
    Addressee,
    Channel,
    MessageState,
    Reason,
    Urgency,
)

TIPS_A_WEEK = 2
_WEEK = timedelta(days=7)
_SKIPPED_PERSON = MessageState.SKIPPED - 100


def freeze_messages(session: Session, campaign: Campaign, now: datetime) -> None:
    """One text a person: queued, or skipped with its reason; shared phones follow."""
    final = _turns(_chosen(session, campaign, now))
    skipped = final.c.reason != Reason.NONE
    state = case((skipped, MessageState.SKIPPED), else_=MessageState.QUEUED)
    columns = {
        "campaign_id": literal(campaign.id),
        "member_id": final.c.member_id,
        "channel": literal(Channel.SMS.value),
        "addressee": final.c.addressee,
        "phone_index": final.c.phone_index,
        "township": final.c.township,
        "village": final.c.village,
        "category": final.c.category,
        "state": state,
        "was": state,
        "reason": final.c.reason,
        "was_reason": final.c.reason,
        "due_at": literal(campaign.due_at, Message.due_at.type),
        "attempt": literal(0),
        "asked": literal(0),
    }
    # Neighbours in the order of the tally's cells: a batch then touches few of them.
    ordered = select(*columns.values()).order_by(
        final.c.township, final.c.category, final.c.member_id
    )
    session.execute(insert(table_of(Message)).from_select(list(columns), ordered))
    _name_carriers(session, campaign.id)


def _chosen(session: Session, campaign: Campaign, now: datetime) -> CTE:
    reason = choice.reason(now, urgency=campaign.urgency)
    return (
        select(
            Member.id.label("member_id"),
            Member.township,
            Member.village,
            Member.certificate_category.label("category"),
            choice.addressee(now).label("addressee"),
            choice.phone_index(now).label("phone_index"),
            case(
                (reason != Reason.NONE, reason),
                (_told_enough(session, campaign, now), Reason.FREQUENCY.value),
                else_=Reason.NONE.value,
            ).label("reason"),
        )
        .where(*where(Rule.from_json(campaign.rule), now))
        .cte("chosen")
    )


def _turns(chosen: CTE) -> CTE:
    """Reasons first, then one message a phone: a member before a guardian."""
    own_first = case((chosen.c.addressee == Addressee.MEMBER, 0), else_=1)
    turn = func.row_number().over(
        partition_by=[chosen.c.phone_index, chosen.c.reason],
        order_by=[own_first, chosen.c.member_id],
    )
    ranked = select(chosen, turn.label("turn")).cte("ranked")
    shared = and_(ranked.c.reason == Reason.NONE, ranked.c.turn > 1)
    reason = case((shared, Reason.SHARED_PHONE.value), else_=ranked.c.reason)
    kept = [column for column in ranked.c if column.name not in {"reason", "turn"}]
    return select(*kept, reason.label("reason")).cte("final")


def _told_enough(
    session: Session, campaign: Campaign, now: datetime
) -> ColumnElement[bool]:
    """Whether the phone had its tips of this week; looked up by campaign and phone."""
    lately = select(Campaign.id).where(
        Campaign.urgency == Urgency.TIP,
        Campaign.launched_at > now - _WEEK,
        Campaign.id != campaign.id,
    )
    campaigns = list(session.scalars(lately))
    if campaign.urgency != Urgency.TIP or len(campaigns) < TIPS_A_WEEK:
        return literal(value=False)
    told = (
        select(func.count())
        .where(
            Message.campaign_id.in_(campaigns),
            Message.channel == Channel.SMS,
            Message.phone_index == choice.phone_index(now),
            Message.state != number(MessageState.SKIPPED),
            or_(
                Message.state < MessageState.NO_RECEIPT,
                Message.state == MessageState.DELIVERED,
            ),
        )
        .scalar_subquery()
    )
    return told >= TIPS_A_WEEK


def _name_carriers(session: Session, campaign_id: int) -> None:
    carrier = aliased(Message)
    found = (
        select(carrier.id)
        .where(
            carrier.campaign_id == campaign_id,
            carrier.channel == Channel.SMS,
            carrier.phone_index == Message.phone_index,
            carrier.state != number(MessageState.SKIPPED),
        )
        .scalar_subquery()
    )
    session.execute(
        update(Message)
        .where(
            Message.campaign_id == campaign_id,
            Message.reason == Reason.SHARED_PHONE,
        )
        .values(carried_by=found)
        .execution_options(synchronize_session=False)
    )


def freeze_recipients(session: Session, campaign: Campaign, now: datetime) -> None:
    """One recipient a person, after the messages are there."""
    skipped = and_(
        Message.state == MessageState.SKIPPED, Message.reason != Reason.SHARED_PHONE
    )
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
            choice.suits(now),
        )
        .join(Member, Member.id == Message.member_id)
        .where(Message.campaign_id == campaign.id, Message.channel == Channel.SMS)
        .order_by(Message.id)
    )
    session.execute(insert(table_of(Recipient)).from_select(_RECIPIENT, people))


def freeze_listeners(session: Session, campaign: Campaign, now: datetime) -> None:
    """Without texts everybody is still a recipient: nobody is dropped silently."""
    people = select(
        literal(campaign.id),
        Member.id,
        Member.township,
        Member.village,
        Member.certificate_category,
        literal(0),
        literal(0),
        literal(Reason.NONE.value),
        literal(Reason.NONE.value),
        literal(value=True),
    ).where(*where(Rule.from_json(campaign.rule), now))
    session.execute(insert(table_of(Recipient)).from_select(_RECIPIENT, people))


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
