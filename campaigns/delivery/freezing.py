"""The statements that freeze an audience into messages and recipients."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from campaigns.audience import lines
from campaigns.audience.urgent_order import urgent_order
from campaigns.bulletins.wording import places_in
from campaigns.delivery.following import whom
from campaigns.delivery.models import Message
from campaigns.orm import number, table_of
from campaigns.planning.models import Campaign
from campaigns.planning.ways import choice_of
from campaigns.register.models import Member
from campaigns.vocabulary import (
    Channel,
    MessageState,
    Reason,
    Urgency,
)

TIPS_A_WEEK = 2
_WEEK = timedelta(days=7)


def freeze_messages(session: Session, campaign: Campaign, now: datetime) -> None:
    """Everybody's own text and some second messages: queued, or skipped with why."""
    final = _final(session, campaign, now)
    skipped = final.c.reason != Reason.NONE
    state = case((skipped, MessageState.SKIPPED), else_=MessageState.QUEUED)
    columns = {
        "campaign_id": literal(campaign.id),
        "member_id": final.c.member_id,
        "channel": final.c.channel,
        "addressee": final.c.addressee,
        "phone_index": final.c.phone_index,
        "township": final.c.township,
        "village": final.c.village,
        "category": final.c.category,
        "state": state,
        "was": state,
        "reason": final.c.reason,
        "was_reason": final.c.reason,
        "due_at": _due(final, campaign),
        "attempt": literal(0),
        "asked": literal(0),
    }
    # Neighbours in the order of the tally's cells: a batch then touches few of them.
    order = [
        final.c.township,
        final.c.category,
        final.c.member_id,
        final.c.addressee.desc(),
    ]
    ordered = select(*columns.values())
    if campaign.urgency is Urgency.EMERGENCY:
        ordered = ordered.join_from(final, Member, Member.id == final.c.member_id)
        order.insert(0, urgent_order(now))
    ordered = ordered.order_by(*order)
    session.execute(insert(table_of(Message)).from_select(list(columns), ordered))
    _name_carriers(session, campaign.id)


def _due(final: CTE, campaign: Campaign) -> ColumnElement[Any]:
    """At once; a call waits for its clip, until the end if none is made."""
    now, last = (
        literal(moment, Message.due_at.type)
        for moment in (campaign.due_at, campaign.send_before)
    )
    return case((final.c.channel == Channel.VOICE, last), else_=now)


def _final(session: Session, campaign: Campaign, now: datetime) -> CTE:
    rows = lines.chosen(choice_of(campaign, now), whom(session, campaign, now))
    reason = case(
        (rows.c.reason != Reason.NONE, rows.c.reason),
        (_told_enough(session, campaign, rows, now), Reason.FREQUENCY.value),
        else_=Reason.NONE.value,
    )
    return lines.one_a_phone(rows, reason, places_in(campaign.version.sms_text))


def _told_enough(
    session: Session, campaign: Campaign, rows: CTE, now: datetime
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
            Message.channel == rows.c.channel,
            Message.phone_index == rows.c.phone_index,
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
            carrier.channel == Message.channel,
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
