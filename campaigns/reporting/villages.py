"""How many villages played an announcement, and where the others are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.fieldwork.models import Announcement
from campaigns.vocabulary import AnnouncementState

_S = AnnouncementState
_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True, slots=True)
class Villages:
    """Villages; ``due`` is the sum of played, missed, downloaded, alerted, prepared.

    ``prepared`` have a clip that nobody fetched, ``recording`` wait for theirs and are
    part of it. ``not_due`` and ``withdrawn`` stand apart. ``plays`` counts slots.
    """

    played: int = 0
    missed: int = 0
    downloaded: int = 0
    alerted: int = 0
    prepared: int = 0
    recording: int = 0
    not_due: int = 0
    withdrawn: int = 0
    signed: int = 0
    plays: int = 0

    @property
    def due(self) -> int:
        """Villages that should play it."""
        untouched = self.alerted + self.prepared
        return self.played + self.missed + self.downloaded + untouched

    @property
    def coverage(self) -> float | None:
        """Played ÷ due; None where nothing is due."""
        return self.played / self.due if self.due else None


def villages_by_township(session: Session, campaign_id: int) -> dict[str, Villages]:
    """A campaign's villages by township code."""
    return _by(session, Announcement.township, Announcement.campaign_id == campaign_id)


def villages_of_each(
    session: Session, campaign_ids: Iterable[int], place: str = ""
) -> dict[int, Villages]:
    """The villages of each campaign, in the township ``place`` where it is given."""
    here = [Announcement.township == place] if place else []
    these = Announcement.campaign_id.in_(list(campaign_ids))
    return _by(session, Announcement.campaign_id, these, *here)


def _by(
    session: Session, column: InstrumentedAttribute[_Key], *where: ColumnElement[bool]
) -> dict[_Key, Villages]:
    played = Announcement.played_at.is_not(None)
    has_clip = Announcement.clip.is_not(None)
    missed = Announcement.missed_reason.is_not(None)
    keys = (column, Announcement.state, played, missed, has_clip)
    found = session.execute(
        select(*keys, func.count(), func.coalesce(func.sum(Announcement.plays), 0))
        .where(*where)
        .group_by(*keys)
    )
    counts: dict[Any, Counter[str]] = {}
    for key, state, did_play, did_miss, clip, n, plays in found:
        sums = counts.setdefault(key, Counter())
        sums[_place(state, played=bool(did_play), missed=bool(did_miss))] += n
        sums["signed"] += n if state is _S.SIGNED else 0
        sums["recording"] += n if not clip and state is not _S.WITHDRAWN else 0
        sums["plays"] += plays if state is not _S.WITHDRAWN else 0
    return {key: Villages(**counts[key]) for key in sorted(counts)}


def together(parts: dict[str, Villages]) -> Villages:
    """The sum of several townships."""
    sums: Counter[str] = Counter()
    for villages in parts.values():
        for name in Villages.__slots__:
            sums[name] += getattr(villages, name)
    return Villages(**sums)


def _place(state: AnnouncementState, *, played: bool, missed: bool) -> str:
    """Where a village counts; signing off keeps what it signs."""
    if state is not _S.SIGNED:
        return state.value
    if played:
        return "played"
    return "missed" if missed else "not_due"
