"""How a campaign went over time, from figures noted while it runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.planning.models import Campaign
from campaigns.reporting.models import Progress
from campaigns.vocabulary import IN_PROGRESS, MessageState

CLOSEST = timedelta(seconds=5)
POINTS = 100
"""Two points lie at least a hundredth of the campaign's age apart."""


def note_all(session: Session, now: datetime) -> int:
    """Note the running campaigns whose figures moved; return how many. Cheap."""
    running = select(Campaign).where(
        Campaign.status.in_(IN_PROGRESS), Campaign.launched_at.is_not(None)
    )
    return sum(note(session, campaign, now) for campaign in session.scalars(running))


def note(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Note a campaign's figures, unless they stand still or were noted just now."""
    last = session.scalars(
        select(Progress)
        .where(Progress.campaign_id == campaign.id)
        .order_by(Progress.at.desc())
        .limit(1)
    ).first()
    age = now - (campaign.launched_at or now)
    if last is not None and now < last.at + max(CLOSEST, age / POINTS):
        return False
    fresh = _figures(session, campaign.id, now)
    if last is not None and _same(last, fresh):
        return False
    session.add(fresh)
    session.flush()
    return True


def over_time(
    session: Session, campaign_id: int, now: datetime | None = None
) -> list[tuple[datetime, int]]:
    """Moments and how many were delivered until then, oldest first.

    ``now`` adds a last point with the figures of this moment.
    """
    points = [(point.at, point.delivered) for point in series(session, campaign_id)]
    if now is not None and (not points or points[-1][0] < now):
        points.append((now, _figures(session, campaign_id, now).delivered))
    return points


def series(session: Session, campaign_id: int) -> list[Progress]:
    """All points of a campaign, oldest first."""
    points = select(Progress).where(Progress.campaign_id == campaign_id)
    return list(session.scalars(points.order_by(Progress.at)))


def _figures(session: Session, campaign_id: int, now: datetime) -> Progress:
    states = tally.by_state(session, campaign_id, *tally.TEXTS)
    return Progress(
        campaign_id=campaign_id,
        at=now,
        submitted=sum(n for state, n in states.items() if tally.billed(state)),
        delivered=states.get(MessageState.DELIVERED, 0),
        ended=sum(n for state, n in states.items() if state >= MessageState.NO_RECEIPT),
    )


def _same(one: Progress, other: Progress) -> bool:
    return (one.submitted, one.delivered, one.ended) == (
        other.submitted,
        other.delivered,
        other.ended,
    )
