"""Ending what must not go any more: refused, stopped, or past the last moment.

The claim checks all three itself; the gate ends the rows that no claim will ever
touch again, so that a campaign's figures add up and it can finish.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy import update as change
from sqlalchemy.orm import Session, aliased

from campaigns.delivery import tally
from campaigns.delivery.claiming import refused
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.delivery.requeueing import locked_rows
from campaigns.orm import by_key, number, table_of
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.optouts import record_refusal
from campaigns.vocabulary import (
    OPEN_STATES,
    CampaignState,
    MessageState,
    Reason,
    Urgency,
)

_BATCH = 2000
_OPEN = [number(state) for state in OPEN_STATES]
UNDER_WAY = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.PAUSED)
"""Campaigns from which something may still go out."""


def refuse(  # noqa: PLR0913 - who refused what, how we know, who wrote it down
    session: Session,
    phone_index: bytes,
    now: datetime,
    *,
    scope: str = "all",
    source: str = "reply",
    evidence: str | None = None,
    member: Member | None = None,
    recorded_by: int | None = None,
) -> int:
    """Record a refusal and end the phone's queued texts; return how many ended.

    First the refusal, then a lock on every open row of the phone: a row that a lane
    returns to the queue at this moment is seen by us, or sees the refusal.
    """
    record_refusal(
        session,
        phone_index=phone_index,
        member=member,
        scope=scope,
        source=source,
        evidence=evidence,
        recorded_by=recorded_by,
        now=now,
    )
    return end_refused(session, phone_index, now)


def end_refused(session: Session, phone_index: bytes, now: datetime) -> int:
    """End the queued texts of a phone whose refusal is recorded already."""
    mine = and_(Message.phone_index == phone_index, Message.state.in_(_OPEN))
    locked_rows(session, mine)
    return sum(
        _end(
            session,
            (mine, _of(urgency), refused(urgency)),
            MessageState.SKIPPED,
            Reason.OPTED_OUT,
            now,
        )
        for urgency in (Urgency.TIP, Urgency.MUST_REACH)
    )


def end_gone(session: Session, member_id: int, now: datetime) -> int:
    """End the queued texts for somebody who died or moved; return how many ended.

    A text that others wait for on the same phone still goes.
    """
    under_way = select(Campaign.id).where(Campaign.status.in_(UNDER_WAY))
    mine = and_(Message.campaign_id.in_(under_way), Message.member_id == member_id)
    locked_rows(session, mine, by_key(Message.state).in_(_OPEN))
    follower = aliased(Message)
    alone = ~exists().where(follower.carried_by == Message.id)
    state, reason = MessageState.SKIPPED, Reason.INACTIVE
    return _end(session, (mine, alone), state, reason, now)


def _of(urgency: Urgency) -> ColumnElement[bool]:
    return Message.campaign_id.in_(
        select(Campaign.id).where(Campaign.urgency == urgency)
    )


def gate(session: Session, campaign_id: int, now: datetime, size: int = _BATCH) -> int:
    """End up to ``size`` queued rows that may never be sent; return how many."""
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if campaign.status == CampaignState.CANCELLED:
        return _cancel(session, campaign, Reason.STOPPED, now, size)
    if campaign.send_before <= now:
        return _cancel(session, campaign, Reason.TOO_LATE, now, size)
    some = _queued(campaign, size, refused(campaign.urgency))
    state, reason = MessageState.SKIPPED, Reason.OPTED_OUT
    return _end(session, (Message.id.in_(some),), state, reason, now)


def cancel(session: Session, campaign_id: int, now: datetime) -> int:
    """End a batch of a stopped campaign's queued rows; repeat until it returns 0.

    The campaign's status must be ``cancelled`` already: the claim looks at it, so
    that nothing more goes out while two million rows are ended batch by batch.
    """
    return gate(session, campaign_id, now)


def _cancel(
    session: Session, campaign: Campaign, reason: Reason, now: datetime, size: int
) -> int:
    some = _queued(campaign, size)
    return _end(session, (Message.id.in_(some),), MessageState.CANCELLED, reason, now)


def _queued(campaign: Campaign, size: int, *more: ColumnElement[bool]) -> Any:  # noqa: ANN401
    some = (
        select(Message.id)
        .where(
            Message.campaign_id == campaign.id,
            Message.state == number(MessageState.QUEUED),
            *more,
        )
        # In the order of the index: two million rows are not sorted for each batch.
        .order_by(Message.due_at, Message.id)
        .limit(size)
        .with_for_update(skip_locked=True, of=table_of(Message))
        .cte("some")
    )
    return select(some.c.id)


def _end(
    session: Session,
    which: tuple[ColumnElement[bool], ...],
    state: MessageState,
    reason: Reason,
    now: datetime,
) -> int:
    moved = session.execute(
        change(Message)
        .where(*which, by_key(Message.state) == number(MessageState.QUEUED))
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=state,
            reason=reason,
            finished_at=now,
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
    settle(session, moved)
    return len(moved)
