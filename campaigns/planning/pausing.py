"""Pausing everything at once, where nobody is there to decide campaign by campaign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState


def pause_all(session: Session, now: datetime) -> list[int]:
    """Pause everything that runs, by nobody; return the campaigns' numbers."""
    return list(
        session.scalars(
            update(Campaign)
            .where(Campaign.status == CampaignState.RUNNING)
            .values(status=CampaignState.PAUSED, moved_by=None, moved_at=now)
            .returning(Campaign.id)
            .execution_options(synchronize_session=False)
        )
    )
