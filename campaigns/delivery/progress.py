"""Whether sending goes on, told by the rows: a process that runs proves nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery.finishing import due_campaigns
from campaigns.delivery.models import Line
from campaigns.planning.calendar import in_window
from campaigns.planning.models import Campaign

PATIENCE = timedelta(seconds=60)
"""After so long with messages due and none taken up, sending has stopped."""
_CLOSING = timedelta(seconds=30)


def stalled(session: Session, now: datetime) -> list[int]:
    """Campaigns with messages due for a minute while no line gave a turn.

    A window that just opened or is about to close, and a carrier's line that is shut,
    are reasons to wait and no fault.
    """
    since = now - PATIENCE
    last = session.scalar(select(func.max(Line.free_at)))
    if last is not None and last > since:
        return []
    due = Campaign.id.in_(due_campaigns(session, since))
    waiting = session.scalars(select(Campaign).where(due).order_by(Campaign.id))
    shut = select(Line.provider).where(Line.open_until > since)
    resting = set(session.scalars(shut))
    return [
        campaign.id
        for campaign in waiting
        if in_window(campaign, since)
        and in_window(campaign, now + _CLOSING)
        and campaign.send_before > now + _CLOSING
        and campaign.provider not in resting
    ]
