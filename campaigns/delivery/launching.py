"""A campaign's audience, frozen into recipients and messages by INSERT … SELECT.

One transaction makes every row, so that either everybody is accounted for or nobody
is. ``campaign.launched_at`` guards it: a second hint finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

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

from campaigns import privacy
from campaigns.audience import channel_choice as choice
from campaigns.audience.rules import Rule
from campaigns.audience.selection import where
from campaigns.delivery import tally
from campaigns.delivery.models import Message, Recipient
from campaigns.orm import number, table_of
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    MessageState,
    Reason,
    Urgency,
)

TIPS_A_WEEK = 2
_WEEK = timedelta(days=7)
_SKIPPED_PERSON = MessageState.SKIPPED - 100


def launch(session: Session, campaign_id: int, now: datetime) -> bool:
    """Freeze the audience of a campaign that is due; False where that is done."""
    if not _won(session, campaign_id, now):
        return False
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if Channel.SMS in campaign.channels:
        _freeze_messages(session, campaign, now)
        _freeze_recipients(session, campaign, now)
    else:
        _freeze_listeners(session, campaign, now)
    tally.first(session, campaign_id)
    return True


def add_alerts(
    session: Session,
    campaign_id: int,
    villages: Iterable[tuple[str, str, str]],
    now: datetime,
) -> int:
    """Queue a text to each village's duty person: village, township, E.164 phone.

    A village, or a phone, that was told already is left out. Returns how many.
    """
    told = select(Message.village, Message.phone_index).where(
        Message.campaign_id == campaign_id, Message.channel == Channel.ALERT
    )
    known = {value for row in session.execute(told) for value in row}
    rows: list[dict[str, Any]] = []
    for village, township, phone in villages:
        index = privacy.blind("phone", phone)
        if village in known or index in known:
            continue
        known |= {village, index}
        rows.append(_alert(campaign_id, village, township, index, now))
    if rows:
        session.execute(insert(Message), rows)
        _count_alerts(session, rows)
    return len(rows)


def _won(session: Session, campaign_id: int, now: datetime) -> bool:
    guard = (
        update(Campaign)
        .where(
            Campaign.id == campaign_id,
            Campaign.status.in_((CampaignState.APPROVED, CampaignState.RUNNING)),
            Campaign.due_at <= now,
            Campaign.launched_at.is_(None),
        )
        .values(launched_at=now, status=CampaignState.RUNNING)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(guard) is not None


def _freeze_messages(session: Session, campaign: Campaign, now: datetime) -> None:
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


def _freeze_recipients(session: Session, campaign: Campaign, now: datetime) -> None:
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


def _freeze_listeners(session: Session, campaign: Campaign, now: datetime) -> None:
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


def _alert(
    campaign_id: int, village: str, township: str, index: bytes, now: datetime
) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "channel": Channel.ALERT,
        "addressee": Addressee.DUTY,
        "phone_index": index,
        "township": township,
        "village": village,
        "category": 0,
        "state": MessageState.QUEUED,
        "was": MessageState.QUEUED,
        "due_at": now,
    }


def _count_alerts(session: Session, rows: list[dict[str, Any]]) -> None:
    made: dict[tally.Cell, int] = {}
    for row in rows:
        cell = tally.Cell(
            row["campaign_id"], row["township"], 0, Channel.ALERT, 0, Reason.NONE
        )
        made[cell] = made.get(cell, 0) + 1
    tally.write(session, made)
