"""Two signatures on what was played: the village's, then the township's.

A tip is signed the next day; an emergency is played first and signed within a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaigns.errors import NotReady, Refused, mark
from campaigns.fieldwork.deeds import get_announcement
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.fieldwork.playing import Way
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.vocabulary import AnnouncementState, Urgency

WITHIN = {Urgency.EMERGENCY: timedelta(hours=24)}
WITHIN_ELSE = timedelta(hours=48)
_TOLD = (AnnouncementState.PLAYED, AnnouncementState.MISSED, AnnouncementState.NOT_DUE)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An announcement that waits for a signature; ``late`` once its time is over."""

    announcement_id: int
    village: str
    name: str
    urgency: Urgency
    by_village: str | None
    due_at: datetime
    late: bool


def sign_in_village(
    session: Session, announcement_id: int, name: str, *, now: datetime
) -> Announcement:
    """The village signs for what it told. Raises NotReady before it told anything."""
    announcement = get_announcement(session, announcement_id)
    if announcement.state not in _TOLD:
        raise NotReady(mark("还没有登记播没播，先登记再签字。"))
    if not name.strip():
        raise Refused(mark("签字要写明是谁（职务，不用写姓名）。"))
    announcement.village_signed = name.strip()[:60]
    announcement.village_signed_at = now
    session.add(
        AnnouncementLog(
            announcement_id=announcement.id,
            deed="village_signed",
            way=Way.PAPER.value,
            actor=announcement.village_signed,
            details={},
            at=now,
        )
    )
    session.flush()
    return announcement


def unsigned(session: Session, places: Sequence[str], now: datetime) -> list[Unsigned]:
    """What waits for the township's signature inside ``places``, soonest due first."""
    rows = session.execute(
        select(Announcement, Place.name, Campaign.urgency)
        .join(Place, Place.code == Announcement.village)
        .join(Campaign, Campaign.id == Announcement.campaign_id)
        .where(
            Announcement.state.in_(_TOLD),
            or_(*(Announcement.village.startswith(code) for code in places)),
        )
    )
    found = [
        _unsigned(announcement, name, urgency, now)
        for announcement, name, urgency in rows
    ]
    return sorted(found, key=lambda it: (it.due_at, it.village))


def _unsigned(
    announcement: Announcement, name: str, urgency: Urgency, now: datetime
) -> Unsigned:
    begun = announcement.played_at or announcement.alerted_at or announcement.made_at
    due = begun + WITHIN.get(urgency, WITHIN_ELSE)
    return Unsigned(
        announcement_id=announcement.id,
        village=announcement.village,
        name=name,
        urgency=urgency,
        by_village=announcement.village_signed,
        due_at=due,
        late=now > due,
    )
