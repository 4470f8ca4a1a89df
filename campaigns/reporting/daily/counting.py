"""What the service counts by itself for a daily report; nothing is counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message
from campaigns.planning.models import Campaign
from campaigns.register.models import Member, Place
from campaigns.reporting import contacts
from campaigns.reporting.daily import ledger
from campaigns.reporting.daily.columns import RESULTS, TYPED, counted_keys
from campaigns.reporting.daily.models import Incident, ResponsePeriod
from campaigns.reporting.daily.plays import Heard, heard
from campaigns.reporting.texts import TAKEN_AT, texts_of, texts_taken
from campaigns.vocabulary import Level

_AFTER_DIGITS = "a"
_TEXTS = ("messages", "parts", *RESULTS)
_PLAYS = ("plays", "readings", "seconds")


@dataclass(frozen=True, slots=True)
class Counted:
    """A unit's own figures at one moment.

    ``by_part`` are the day's figures by township (of a county) or village, ``total``
    the flows since the period began, ``grades`` holders and contacted by category
    and grade, with keys such as ``1-2``. ``noughts`` are the columns that this unit
    has: nothing counted is 0 and never a blank. ``villages`` are the loudspeakers of
    each village that heard something, for a county alone.
    """

    by_part: dict[str, dict[str, int]]
    noughts: dict[str, int]
    total: dict[str, int]
    grades: dict[str, list[int]]
    villages: dict[str, dict[str, int]]

    @property
    def figures(self) -> dict[str, int]:
        """The day's figures of the unit: the sum of its parts."""
        sums = Counter(self.noughts)
        for part in self.by_part.values():
            sums.update(part)
        return dict(sums)


def count(
    session: Session,
    period: ResponsePeriod,
    unit: Place,
    since: datetime,
    until: datetime | None = None,
) -> Counted:
    """Count for ``unit``, a county or below; the day's window begins at ``since``."""
    campaigns = campaigns_of(session, period)
    sound = heard(session, campaigns, unit.code, since)
    told = _incidents(session, unit, period.begins_at)
    total = {"incidents": len(told)}
    for key in _PLAYS:
        total[key] = sum(one.total[key] for one in sound.values())
    parts = _heard_by_part(unit, sound)
    for place, at in told:
        if at > since:
            parts.setdefault(place, Counter())["incidents"] += 1
    grades: dict[str, list[int]] = {}
    if unit.level is not Level.VILLAGE:
        texts = texts_of(session, campaigns, unit.code)
        total |= {key: texts[key] for key in _TEXTS}
        _add(parts, _texts(session, campaigns, unit, since))
        people, grades = _people(session, period, unit, since)
        _add(parts, people)
    keys = counted_keys(texts=unit.level is not Level.VILLAGE)
    fresh, all_along = ledger.recorded(session, unit, period.begins_at, since, until)
    _add(parts, fresh)
    total |= all_along
    rows = {
        place: {key: part[key] for key in (*keys, *(set(part) & set(TYPED)))}
        for place, part in parts.items()
        if part
    }
    villages = {}
    if unit.level is Level.COUNTY:
        villages = {code: one.figures() for code, one in sorted(sound.items())}
    return Counted(rows, dict.fromkeys(keys, 0), total, grades, villages)


def campaigns_of(session: Session, period: ResponsePeriod) -> list[int]:
    """Ids of the campaigns that began in the period."""
    began = select(Campaign.id).where(Campaign.launched_at >= period.begins_at)
    if period.ends_at is not None:
        began = began.where(Campaign.launched_at < period.ends_at)
    return list(session.scalars(began.order_by(Campaign.id)))


def _heard_by_part(unit: Place, sound: Mapping[str, Heard]) -> dict[str, Counter[str]]:
    parts: dict[str, Counter[str]] = {}
    for village, one in sorted(sound.items()):
        place = village[: _digits(unit)]
        parts.setdefault(place, Counter()).update(one.figures())
    return parts


def _texts(
    session: Session, campaigns: list[int], unit: Place, since: datetime
) -> dict[str, Counter[str]]:
    return texts_taken(
        session,
        _column(unit, Message),
        Message.campaign_id.in_(campaigns),
        *_below(Message.township, unit.code),
        since < TAKEN_AT,
    )


def _people(
    session: Session, period: ResponsePeriod, unit: Place, since: datetime
) -> tuple[dict[str, Counter[str]], dict[str, list[int]]]:
    """Stocks by part, and holders and contacted by grade: the register is read once.

    Whoever was contacted since the last report was since the period began.
    """
    by = (_column(unit, Member), Member.certificate_category, Member.grade)
    today = Member.id.in_(contacts.evidence(since))
    parts: dict[str, Counter[str]] = {}
    grades: dict[str, list[int]] = {}
    everybody = contacts.holders(session, unit.code, *by, contacts.NO_CONTACT)
    for (place, category, grade, none), n in sorted(everybody.items(), key=_grade):
        parts.setdefault(place or "", Counter()).update(
            holders=n, no_contact=n * none, to_contact=n * (not none)
        )
        grades.setdefault(f"{category}-{grade}", [0, 0])[0] += n
    begun = period.begins_at
    reached = contacts.contacted(session, unit.code, begun, *by, today)
    for (place, category, grade, now), n in reached.items():
        parts[place or ""].update(contacted=n, today=n * now)
        grades[f"{category}-{grade}"][1] += n
    return parts, grades


def _grade(found: tuple[tuple[Any, ...], int]) -> tuple[int, int]:
    return found[0][1], found[0][2]


def _incidents(
    session: Session, unit: Place, since: datetime
) -> list[tuple[str, datetime]]:
    """Part and moment of what was told after ``since``; the unit's own have no part."""
    digits = _digits(unit)
    found = session.execute(
        select(Incident.unit, Incident.recorded_at).where(
            *_below(Incident.unit, unit.code), Incident.recorded_at > since
        )
    )
    return [(place[:digits] if place != unit.code else "", at) for place, at in found]


def _digits(unit: Place) -> int:
    return 9 if unit.level is Level.COUNTY else 12


def _column(unit: Place, table: type[Message | Member]) -> Any:  # noqa: ANN401
    return table.township if unit.level is Level.COUNTY else table.village


def _below(column: Any, place: str) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401
    return (column >= place, column < place + _AFTER_DIGITS)


def _add(parts: dict[str, Counter[str]], more: Mapping[str, Counter[str]]) -> None:
    for key, figures in more.items():
        parts.setdefault(key, Counter()).update(figures)
