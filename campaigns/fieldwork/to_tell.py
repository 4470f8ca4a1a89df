"""What is said at a door: easy words to hold up, the recording, words to read out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins.wording import fill, in_print, values_for
from campaigns.errors import Refused
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import Visit, VisitMissed
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.register.unit import current_unit


@dataclass(frozen=True, slots=True)
class ToTell:
    """The words of the last campaign that a person missed, filled in for their place.

    ``announcement_id`` is their village's recording, None where there is none.
    """

    title: str
    easy_read: tuple[str, ...]
    spoken_text: str
    announcement_id: int | None


def to_tell(session: Session, visit: Visit) -> ToTell | None:
    """What to tell at this door; None where no campaign is left to tell of."""
    campaign = session.scalar(
        select(Campaign)
        .join(VisitMissed, VisitMissed.campaign_id == Campaign.id)
        .where(VisitMissed.visit_id == visit.id)
        .order_by(VisitMissed.id.desc())
        .limit(1)
    )
    if campaign is None:
        return None
    version, unit = campaign.version, current_unit(session)
    places = [_name(session, code) for code in (visit.township, visit.village)]
    aloud = values_for(version, unit, places[0], places[1] or places[0])
    return ToTell(
        version.bulletin.title,
        tuple(_filled(line, in_print(aloud)) for line in version.easy_read),
        _filled(version.spoken_text, aloud),
        _recording(session, campaign, visit.village),
    )


def _name(session: Session, code: str | None) -> str:
    place = session.get(Place, code) if code else None
    return place.name if place else ""


def _filled(text: str, values: dict[str, str]) -> str:
    """A worker at a door reads what there is, even where a value is missing."""
    try:
        return fill(text, values)
    except Refused:
        return text


def _recording(session: Session, campaign: Campaign, village: str | None) -> int | None:
    return session.scalar(
        select(Announcement.id).where(
            Announcement.campaign_id == campaign.id,
            Announcement.village == village,
            Announcement.clip.is_not(None),
            Announcement.withdrawn_at.is_(None),
        )
    )
