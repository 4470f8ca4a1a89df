"""Who answers for a village: its duty person, then the second, then the township.

A duty person answers 1 received or 2 cannot. Whoever downloads or plays has answered
too. Without an answer in time, or after a 2, the next one is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaigns.delivery.launching import add_alerts
from campaigns.delivery.models import Message
from campaigns.errors import Refused
from campaigns.fieldwork import alerting
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.fieldwork.playing import Way
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.register.phones import read_phone
from campaigns.vocabulary import (
    Addressee,
    AnnouncementState,
    CampaignState,
    Channel,
    Urgency,
)

WAITS = {
    Urgency.EMERGENCY: timedelta(minutes=5),
    Urgency.MUST_REACH: timedelta(minutes=30),
    Urgency.TIP: timedelta(hours=2),
}
"""How long each rung may stay silent."""

RECEIVED, CANNOT = "received", "cannot"
_ANSWERS = {"1": RECEIVED, "2": CANNOT}
FIRST, SECOND, TOWNSHIP = range(3)
_ON = (CampaignState.RUNNING, CampaignState.FINISHED)


@dataclass(frozen=True, slots=True)
class Climbed:
    """Second duty people whose text was queued, and villages now the township's."""

    queued: int
    to_ring: tuple[str, ...]


def answer(
    session: Session, phone_index: bytes, text: str, now: datetime
) -> Announcement | None:
    """Take a duty person's answer; None when it is none, or from somebody else.

    It answers the last announcement that this phone was told of.
    """
    said = _ANSWERS.get(unicodedata.normalize("NFKC", text).strip(" 。.,，"))
    told = session.execute(
        select(Message.campaign_id, Message.village)
        .where(
            Message.channel == Channel.ALERT,
            Message.addressee == Addressee.DUTY,
            Message.phone_index == phone_index,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    if said is None or told is None:
        return None
    announcement = session.scalars(
        select(Announcement).where(
            Announcement.campaign_id == told.campaign_id,
            Announcement.village == told.village,
        )
    ).one()
    announcement.answer, announcement.answered_at = said, now
    session.add(
        AnnouncementLog(
            announcement_id=announcement.id,
            deed=f"answered_{said}",
            way=Way.PHONE.value,
            details={"rung": announcement.rung},
            at=now,
        )
    )
    session.flush()
    return announcement


def climb(session: Session, now: datetime) -> Climbed:
    """Tell the next one wherever nobody answered in time. Safe to run at any time.

    In an emergency a village that answers nobody is told to who is on call.
    """
    queued, to_ring = 0, list[str]()
    for announcement, campaign, place in _silent(session, now):
        phone = _second(place) if announcement.rung == FIRST else None
        if phone is not None:
            row = (announcement.village, announcement.township, phone)
            added = add_alerts(session, campaign.id, [row], now, again=True)
        else:
            added = 0
        queued += added
        # A phone that two villages share was told already: go on to the township.
        announcement.rung = SECOND if added else TOWNSHIP
        announcement.rung_at, announcement.answer = now, None
        if announcement.rung == TOWNSHIP:
            to_ring.append(announcement.village)
            towns = [announcement.township]
            queued += alerting.tell_leaders(session, campaign, towns, now)
    session.flush()
    return Climbed(queued, tuple(to_ring))


def to_ring(session: Session, places: Sequence[str]) -> list[tuple[Announcement, str]]:
    """What the townships in ``places`` must ring about, the oldest silence first."""
    found = session.execute(
        select(Announcement, Place.name)
        .join(Place, Place.code == Announcement.village)
        .where(
            Announcement.rung == TOWNSHIP,
            Announcement.state == AnnouncementState.ALERTED,
            or_(*(Announcement.village.startswith(code) for code in places)),
        )
        .order_by(Announcement.alerted_at, Announcement.village)
    )
    return [(announcement, name) for announcement, name in found]


def _silent(
    session: Session, now: datetime
) -> list[tuple[Announcement, Campaign, Place]]:
    """Announcements below the last rung that nobody took up."""
    rows = session.execute(
        select(Announcement, Campaign, Place)
        .join(Campaign, Campaign.id == Announcement.campaign_id)
        .join(Place, Place.code == Announcement.village)
        .where(
            Announcement.state == AnnouncementState.ALERTED,
            Announcement.rung < TOWNSHIP,
            Campaign.status.in_(_ON),
        )
        .order_by(Announcement.village)
    )
    return [
        (announcement, campaign, place)
        for announcement, campaign, place in rows
        if _unanswered(announcement, campaign, now)
    ]


def _unanswered(announcement: Announcement, campaign: Campaign, now: datetime) -> bool:
    if announcement.answer is not None:
        return announcement.answer == CANNOT
    rung_at = announcement.rung_at or announcement.alerted_at or now
    return now >= rung_at + WAITS[campaign.urgency]


def _second(place: Place) -> str | None:
    try:
        return read_phone(place.second_phone) if place.second_phone else None
    except Refused:
        return None
