"""What a village, and the township above it, see of announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, aliased

from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.bulletins.wording import fill, values_for
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.fieldwork.playing import Play, last_told
from campaigns.planning.models import Campaign
from campaigns.register.models import Place, Unit
from campaigns.register.unit import current_unit
from campaigns.vocabulary import AnnouncementState

_KEPT = timedelta(days=7)
_AFTER_DIGITS = "a"


@dataclass(frozen=True, slots=True)
class Card:
    """One announcement as its village sees it; texts are filled in for the place."""

    id: int
    campaign_id: int
    title: str
    state: AnnouncementState
    clip: str | None
    facts: dict[str, Any]
    pack: str | None
    spoken_text: str
    easy_read: tuple[str, ...]
    valid_until: date | None
    plays: int
    missed_reason: str | None
    prepared_at: datetime | None
    withdrawn_at: datetime | None
    deleted: bool  # a withdrawn clip, as the village or its township told
    told: Play | None  # the last word about playing it


@dataclass(frozen=True, slots=True)
class VillageRow:
    """One village of a township's table."""

    announcement_id: int
    village: str
    village_name: str
    township: str
    township_name: str
    campaign_id: int
    title: str
    state: AnnouncementState
    clip: str | None
    alerted_at: datetime | None
    downloaded_at: datetime | None
    played_at: datetime | None
    plays: int
    missed_reason: str | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the play log."""

    at: datetime
    village_name: str
    township_name: str
    title: str
    deed: str
    way: str
    actor: str
    details: dict[str, Any]
    seconds: float | None
    signed_at: datetime | None
    source: str = ""
    signed_by: str = ""


def for_village(session: Session, village: str, now: datetime) -> list[Card]:
    """What a village has to play, newest first; withdrawn ones stay for seven days."""
    place = session.get(Place, village)
    unit = current_unit(session)
    parent = session.get(Place, place.parent) if place and place.parent else None
    names = (parent.name if parent else "", place.name if place else "")
    found = session.execute(
        _with_titles(select(Announcement, BulletinVersion, Bulletin.title))
        .where(Announcement.village == village)
        .order_by(Announcement.id.desc())
    )
    shown = [row for row in found if _shown(row[0], row[1], now)]
    told = last_told(session, [announcement.id for announcement, *_ in shown])
    return [
        _card(announcement, version, title, unit, names, told.get(announcement.id))
        for announcement, version, title in shown
    ]


def for_places(
    session: Session, places: Sequence[str], campaign_id: int | None = None
) -> list[VillageRow]:
    """The villages inside ``places`` (codes; empty: all), in order of code."""
    township = aliased(Place)
    query = (
        _with_titles(
            select(
                Announcement, Place.name, township.name.label("above"), Bulletin.title
            )
        )
        .join(Place, Place.code == Announcement.village)
        .join(township, township.code == Announcement.township)
        .where(*inside(places))
        .order_by(Announcement.campaign_id.desc(), Announcement.village)
    )
    if campaign_id is not None:
        query = query.where(Announcement.campaign_id == campaign_id)
    return [_village_row(*found) for found in session.execute(query)]


def play_log(
    session: Session, places: Sequence[str], since: datetime, until: datetime
) -> list[LogRow]:
    """Lines of the play log inside ``places``, oldest first."""
    township = aliased(Place)
    query = (
        _with_titles(
            select(
                AnnouncementLog,
                Place.name,
                township.name.label("above"),
                Bulletin.title,
                Announcement,
                BulletinVersion.source,
            ).join(Announcement, Announcement.id == AnnouncementLog.announcement_id)
        )
        .join(Place, Place.code == Announcement.village)
        .join(township, township.code == Announcement.township)
        .where(*inside(places))
        .where(AnnouncementLog.at >= since, AnnouncementLog.at < until)
        .order_by(AnnouncementLog.at, AnnouncementLog.id)
    )
    return [_log_row(*found) for found in session.execute(query)]


def _with_titles(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.join(Campaign, Campaign.id == Announcement.campaign_id)
        .join(BulletinVersion, BulletinVersion.id == Campaign.version_id)
        .join(Bulletin, Bulletin.id == BulletinVersion.bulletin_id)
    )


def inside(places: Sequence[str]) -> list[ColumnElement[bool]]:
    """A subtree is one range of codes; the empty code is nowhere."""
    if not places:
        return []
    village = Announcement.village
    ranges = [
        (village >= code) & (village < code + _AFTER_DIGITS) for code in places if code
    ]
    return [or_(false(), *ranges)]


def _shown(announcement: Announcement, version: BulletinVersion, now: datetime) -> bool:
    if announcement.withdrawn_at is not None:
        return announcement.withdrawn_at > now - _KEPT
    return version.valid_until is None or version.valid_until >= now.date()


def _card(  # noqa: PLR0913, PLR0917 - what the queries found
    announcement: Announcement,
    version: BulletinVersion,
    title: str,
    unit: Unit,
    names: tuple[str, str],
    told: Play | None,
) -> Card:
    values = values_for(version, unit, *names)
    return Card(
        id=announcement.id,
        campaign_id=announcement.campaign_id,
        title=title,
        state=announcement.state,
        clip=announcement.clip,
        facts=dict(announcement.clip_facts),
        pack=announcement.pack,
        spoken_text=fill(version.spoken_text, values),
        easy_read=tuple(fill(line, values) for line in version.easy_read),
        valid_until=version.valid_until,
        plays=announcement.plays,
        missed_reason=announcement.missed_reason,
        prepared_at=announcement.prepared_at,
        withdrawn_at=announcement.withdrawn_at,
        deleted=announcement.told_at is not None,
        told=told,
    )


def _village_row(
    announcement: Announcement, village_name: str, township_name: str, title: str
) -> VillageRow:
    return VillageRow(
        announcement_id=announcement.id,
        village=announcement.village,
        village_name=village_name,
        township=announcement.township,
        township_name=township_name,
        campaign_id=announcement.campaign_id,
        title=title,
        state=announcement.state,
        clip=announcement.clip,
        alerted_at=announcement.alerted_at,
        downloaded_at=announcement.downloaded_at,
        played_at=announcement.played_at,
        plays=announcement.plays,
        missed_reason=announcement.missed_reason,
        signed_at=announcement.signed_at,
    )


def _log_row(  # noqa: PLR0913, PLR0917 - the columns of the query
    line: AnnouncementLog,
    village_name: str,
    township_name: str,
    title: str,
    announcement: Announcement,
    source: str,
) -> LogRow:
    return LogRow(
        at=line.at,
        village_name=village_name,
        township_name=township_name,
        title=title,
        deed=line.deed,
        way=line.way,
        actor=line.actor,
        details=line.details,
        seconds=announcement.clip_facts.get("seconds"),
        signed_at=announcement.signed_at,
        source=source,
        signed_by=announcement.village_signed or "",
    )
