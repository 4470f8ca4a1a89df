"""A campaign's audience, frozen into recipients and messages by INSERT … SELECT.

One transaction makes every row, so that either everybody is accounted for or nobody
is. ``campaign.launched_at`` guards it: a second hint finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery import tally
from campaigns.delivery.freezing import freeze_messages
from campaigns.delivery.models import Message
from campaigns.delivery.notices import add_notices
from campaigns.delivery.recipients import freeze_listeners, freeze_recipients
from campaigns.planning.models import Campaign
from campaigns.planning.outdating import send_home
from campaigns.planning.recounting import hold_exceeding
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    MessageState,
    Reason,
    Urgency,
)

_AHEAD = timedelta(seconds=1)


def launch(session: Session, campaign_id: int, now: datetime) -> bool:
    """Freeze the audience of a campaign that is due; False where that is done.

    A text that was superseded since the approval is not sent, and what outgrew its
    standing permission waits for the county.
    """
    waits = send_home(session, campaign_id, now) or hold_exceeding(
        session, campaign_id, now
    )
    if waits or not _won(session, campaign_id, now):
        return False
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    if Channel.SMS in campaign.channels:
        freeze_messages(session, campaign, now)
        add_notices(session, campaign)
        freeze_recipients(session, campaign, now)
    else:
        freeze_listeners(session, campaign, now)
    tally.first(session, campaign_id)
    return True


def add_alerts(  # noqa: PLR0913 - of what, to whom, when, which of them
    session: Session,
    campaign_id: int,
    villages: Iterable[tuple[str, str, str]],
    now: datetime,
    *,
    again: bool = False,
    addressee: Addressee = Addressee.DUTY,
) -> int:
    """Queue a text to each village's duty person: village, township, E.164 phone.

    A village, or a phone, that was told already is left out; ``again`` tells a
    village's second person. For a leader on call the village is the leader's place.
    A campaign whose messages had all ended goes on. Returns how many.
    """
    campaign = session.get_one(Campaign, campaign_id)
    urgent = campaign.urgency is Urgency.EMERGENCY and campaign.due_at is not None
    # Claimed in the order of due_at: in an emergency villages come before people.
    due = min(now, campaign.due_at - _AHEAD) if urgent and campaign.due_at else now
    told = select(Message.village, Message.phone_index).where(
        Message.campaign_id == campaign_id, Message.channel == Channel.ALERT
    )
    known = {value for row in session.execute(told) for value in row}
    rows: list[dict[str, Any]] = []
    for village, township, phone in villages:
        index = privacy.blind("phone", phone)
        if (village in known and not again) or index in known:
            continue
        known |= {village, index}
        alert = _alert(campaign_id, village, township, index, due)
        rows.append({**alert, "addressee": addressee})
    if rows:
        if campaign.status is CampaignState.FINISHED:
            campaign.status, campaign.finished_at = CampaignState.RUNNING, None
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


def _alert(
    campaign_id: int, village: str, township: str, index: bytes, now: datetime
) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "channel": Channel.ALERT,
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
