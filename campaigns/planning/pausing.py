"""Pausing everything at once, where nobody is there to decide campaign by campaign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState


def pause_all(
    session: Session, now: datetime, *, provider: str = "", by: int | None = None
) -> list[int]:
    """Pause everything that runs, or runs through ``provider``; return the numbers.

    ``by`` is nobody where the service does it.
    """
    running = [Campaign.status == CampaignState.RUNNING]
    if provider:
        running.append(Campaign.provider == provider)
    return list(
        session.scalars(
            update(Campaign)
            .where(*running)
            .values(status=CampaignState.PAUSED, moved_by=by, moved_at=now)
            .returning(Campaign.id)
            .execution_options(synchronize_session=False)
        )
    )
