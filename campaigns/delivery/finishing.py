"""Which campaigns have work waiting, and when they are handed over and finished.

Handed over: nothing is left to send. Finished: no receipt is awaited any more, which
is bookkeeping and not help: late receipts still count.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.doubts import QUESTIONS
from campaigns.delivery.models import Message
from campaigns.delivery.tally import PARTS
from campaigns.orm import number
from campaigns.planning.models import Campaign
from campaigns.vocabulary import (
    IN_PROGRESS,
    PERSON,
    CampaignState,
    Channel,
    MessageState,
)

BY_HAND = "portal_file"
"""The provider that people feed through a portal; no task sends its messages."""

_UNSENT = (MessageState.QUEUED, MessageState.SUBMITTING)
_AWAITED = (*_UNSENT, MessageState.ACCEPTED, MessageState.SENT)


def to_launch(session: Session, now: datetime) -> list[int]:
    """Campaigns that are released and due, and not launched yet."""
    due = select(Campaign.id).where(
        Campaign.status.in_((CampaignState.APPROVED, CampaignState.RUNNING)),
        Campaign.due_at <= now,
        Campaign.launched_at.is_(None),
    )
    return list(session.scalars(due.order_by(Campaign.due_at)))


def due_campaigns(session: Session, now: datetime) -> list[int]:
    """Running campaigns with a message that a lane may claim; emergencies first."""
    emergencies_first = Campaign.urgency != "emergency"
    return list(session.scalars(_due(now).order_by(emergencies_first, Campaign.due_at)))


def is_due(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whether a lane may claim a message of this campaign."""
    mine = _due(now).where(Campaign.id == campaign_id)
    return session.scalar(mine) is not None


def _due(now: datetime) -> Select[int]:
    waiting = exists().where(
        Message.campaign_id == Campaign.id,
        Message.state == number(MessageState.QUEUED),
        Message.due_at <= now,
    )
    return select(Campaign.id).where(
        Campaign.status == CampaignState.RUNNING,
        Campaign.provider != BY_HAND,
        Campaign.send_before > now,
        waiting,
    )


def to_record(session: Session) -> list[int]:
    """Launched campaigns whose clips, for villages or for calls, are to be made."""
    due = select(Campaign).where(
        Campaign.status.in_(IN_PROGRESS),
        Campaign.launched_at.is_not(None),
        or_(Campaign.recorded_at.is_(None), Campaign.calls_ready_at.is_(None)),
        Campaign.recording_error.is_(None),
    )
    campaigns = session.scalars(due.order_by(Campaign.id))
    return [c.id for c in campaigns if not _recorded(c)]


def to_gate(session: Session, now: datetime) -> list[int]:
    """Campaigns whose queued rows may have to end."""
    waiting = exists().where(
        Message.campaign_id == Campaign.id,
        Message.state == number(MessageState.QUEUED),
    )
    over = or_(
        Campaign.status == CampaignState.CANCELLED,
        Campaign.status == CampaignState.RUNNING,
        Campaign.send_before <= now,
    )
    launched = Campaign.launched_at.is_not(None)
    return list(session.scalars(select(Campaign.id).where(launched, over, waiting)))


def unfinished(session: Session) -> list[int]:
    """Launched campaigns that are not finished."""
    open_ = select(Campaign.id).where(
        Campaign.status == CampaignState.RUNNING, Campaign.launched_at.is_not(None)
    )
    return list(session.scalars(open_.order_by(Campaign.id)))


def finish(session: Session, campaign_id: int, now: datetime) -> bool:
    """Mark a campaign handed over, or finished, where it is; True when finished."""
    sums: dict[int, int] = {}
    for cell, n in tally.figures(session, campaign_id).items():
        if cell.channel not in {PERSON, PARTS}:
            sums[cell.state] = sums.get(cell.state, 0) + n
    campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
    if campaign.handed_over_at is None and not any(sums.get(s) for s in _UNSENT):
        campaign.handed_over_at = now
    done = (
        campaign.status == CampaignState.RUNNING
        and not any(sums.get(state) for state in _AWAITED)
        and not _doubted(session, campaign_id)
        and _recorded(campaign)
    )
    if done:
        campaign.status = CampaignState.FINISHED
        campaign.finished_at = now
    session.flush()
    return done


def _recorded(campaign: Campaign) -> bool:
    made = {
        Channel.LOUDSPEAKER: campaign.recorded_at,
        Channel.VOICE: campaign.calls_ready_at,
    }
    waits = any(not made[channel] for channel in made if channel in campaign.channels)
    return not waits or bool(campaign.recording_error)


def _doubted(session: Session, campaign_id: int) -> int:
    """How many messages a provider must still be asked about."""
    asked = select(func.count()).where(
        Message.campaign_id == campaign_id,
        Message.state == number(MessageState.IN_DOUBT),
        Message.asked < len(QUESTIONS),
    )
    return session.scalar(asked) or 0
