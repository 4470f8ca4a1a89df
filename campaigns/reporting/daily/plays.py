"""What loudspeakers did, from the play log: the last word told for each day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.vocabulary import AnnouncementState

_S = AnnouncementState
_OPEN = (_S.PREPARED, _S.ALERTED, _S.DOWNLOADED)
_AFTER_DIGITS = "a"


@dataclass(slots=True)
class Heard:
    """Loudspeakers of some villages.

    ``due``, ``played`` and ``missed`` are villages of the window, ``today`` counts
    the window's plays, readings and seconds, ``total`` all of them.
    """

    due: set[str] = field(default_factory=set)
    played: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    today: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, int]:
        """The day's columns; a village that played in the end did not miss it."""
        return {
            "villages_due": len(self.due),
            "villages_played": len(self.played),
            "villages_missed": len(self.missed - self.played),
            **{key: self.today[key] for key in ("plays", "readings", "seconds")},
        }


def heard(
    session: Session, campaigns: Sequence[int], place: str, since: datetime
) -> dict[str, Heard]:
    """What the villages in ``place`` did, by village; the window begins at ``since``.

    A day that is told again counts as it was told last; it belongs to the window in
    which it was told first, what the second telling adds is late.
    """
    found: dict[str, Heard] = defaultdict(Heard)
    inside = (
        Announcement.campaign_id.in_(campaigns),
        Announcement.village >= place,
        Announcement.village < place + _AFTER_DIGITS,
    )
    _owed(session, inside, found)
    told: dict[tuple[int, str], _Told] = {}
    query = (
        select(
            Announcement.id,
            Announcement.village,
            Announcement.clip_facts,
            AnnouncementLog.deed,
            AnnouncementLog.details,
            AnnouncementLog.at,
        )
        .join(AnnouncementLog, AnnouncementLog.announcement_id == Announcement.id)
        .where(*inside, AnnouncementLog.deed.in_(("played", "missed")))
        .order_by(AnnouncementLog.id)
    )
    for key, village, facts, deed, details, at in session.execute(query):
        if at > since:
            found[village].due.add(village)
            getattr(found[village], deed).add(village)
        if deed == "played":
            first = told.get((key, details["day"]))
            told[key, details["day"]] = _Told(
                village, _amounts(details, facts), first.at if first else at
            )
    for one in told.values():
        found[one.village].total.update(one.amounts)
        if one.at > since:
            found[one.village].today.update(one.amounts)
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    village: str
    amounts: dict[str, int]
    at: datetime


def _owed(session: Session, inside: tuple[Any, ...], found: dict[str, Heard]) -> None:
    owed = select(Announcement.village).where(
        *inside, Announcement.clip.is_not(None), Announcement.state.in_(_OPEN)
    )
    for village in session.scalars(owed):
        found[village].due.add(village)


def _amounts(details: dict[str, Any], facts: dict[str, Any]) -> dict[str, int]:
    slots = len(details["slots"])
    readings = slots * int(details.get("repeats", 1))
    seconds = round(float(facts.get("seconds") or 0)) * readings
    return {"plays": slots, "readings": readings, "seconds": seconds}
