"""Lists of campaigns for people who look for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.audience.models import Segment
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState, Urgency


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign in a list."""

    id: int
    name: str
    title: str
    segment: str
    channels: tuple[str, ...]
    provider: str
    urgency: Urgency
    status: CampaignState
    starts_at: datetime | None
    due_at: datetime | None
    launched_at: datetime | None
    finished_at: datetime | None
    made_by: int | None
    made_at: datetime


def list_campaigns(  # noqa: PLR0913 - each of them narrows the list
    session: Session,
    *,
    states: Iterable[CampaignState] | None = None,
    made_by: int | None = None,
    categories: int = 0,
    launched: tuple[datetime, datetime] | None = None,
    limit: int = 200,
) -> list[CampaignRow]:
    """Campaigns, newest first.

    ``categories`` keeps to those whose bulletin an association wrote; 0 shows all.
    ``launched`` keeps to those that began at or after the first and before the second.
    """
    query = (
        select(Campaign, Bulletin.title, Segment.name)
        .join(BulletinVersion, Campaign.version_id == BulletinVersion.id)
        .join(Bulletin, BulletinVersion.bulletin_id == Bulletin.id)
        .join(Segment, Campaign.segment_id == Segment.id)
        .order_by(Campaign.made_at.desc(), Campaign.id.desc())
        .limit(limit)
    )
    if states is not None:
        query = query.where(Campaign.status.in_(list(states)))
    if made_by is not None:
        query = query.where(Campaign.made_by == made_by)
    if launched is not None:
        begun, ended = launched
        query = query.where(Campaign.launched_at >= begun, Campaign.launched_at < ended)
    if categories:
        query = query.where(Bulletin.categories.op("&")(categories) != 0)
    return [_row(*found) for found in session.execute(query)]


def last_used(session: Session, *, categories: int = 0) -> dict[int, datetime]:
    """When a campaign last began with each segment, by id; ``categories`` as above."""
    query = (
        select(Campaign.segment_id, func.max(Campaign.launched_at))
        .join(BulletinVersion, Campaign.version_id == BulletinVersion.id)
        .join(Bulletin, BulletinVersion.bulletin_id == Bulletin.id)
        .where(Campaign.launched_at.is_not(None))
        .group_by(Campaign.segment_id)
    )
    if categories:
        query = query.where(Bulletin.categories.op("&")(categories) != 0)
    return {segment: at for segment, at in session.execute(query) if at}


def ids_after(
    session: Session, after: int, *, categories: int = 0, limit: int
) -> list[int]:
    """Ids of campaigns above ``after``, in their order; ``categories`` as above."""
    query = (
        select(Campaign.id)
        .join(BulletinVersion, Campaign.version_id == BulletinVersion.id)
        .join(Bulletin, BulletinVersion.bulletin_id == Bulletin.id)
        .where(Campaign.id > after)
        .order_by(Campaign.id)
        .limit(limit)
    )
    if categories:
        query = query.where(Bulletin.categories.op("&")(categories) != 0)
    return list(session.scalars(query))


def _row(campaign: Campaign, title: str, segment: str) -> CampaignRow:
    return CampaignRow(
        id=campaign.id,
        name=campaign.name,
        title=title,
        segment=segment,
        channels=tuple(campaign.channels),
        provider=campaign.provider,
        urgency=campaign.urgency,
        status=campaign.status,
        starts_at=campaign.starts_at,
        due_at=campaign.due_at,
        launched_at=campaign.launched_at,
        finished_at=campaign.finished_at,
        made_by=campaign.made_by,
        made_at=campaign.made_at,
    )
