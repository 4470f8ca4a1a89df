"""How the units below stand with their reports of a day, each of them a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from campaigns.register.models import Place
from campaigns.reporting.daily import lookup
from campaigns.reporting.daily.clock import due_at, minutes_late
from campaigns.reporting.daily.models import DailyReport, Reminder
from campaigns.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit: a row, never a blank, whether it reported or not.

    ``state`` is missing, submitted, corrected, returned; ``late`` are minutes, of a
    missing one those that have passed. ``lower`` such as ``9/12``.
    """

    unit: str
    name: str
    state: str
    zero: bool = False
    late: int = 0
    excuse: str = ""
    received_at: datetime | None = None
    version: int = 0
    incidents: int | None = None
    lower: str = ""
    reminded: int = 0
    report_id: int | None = None

    @property
    def filed(self) -> bool:
        """Whether a valid report is there."""
        return self.state in {"submitted", "corrected"}


@dataclass(frozen=True, slots=True)
class Count:
    """应报, 已报, 零报, 迟报 (of them with a reason), 未报."""

    due: int
    filed: int
    zero: int
    late: int
    excused: int
    missing: int


def standings(
    session: Session, unit_code: str, day: date, now: datetime
) -> list[Standing]:
    """Each unit that reports to ``unit_code``, in the order of their codes."""
    below = lookup.lower_units(session, unit_code)
    reminded = _reminded(session, day)
    return [
        _standing(
            place,
            lookup.versions(session, place.code, day),
            day,
            now,
            reminded.get(place.code, 0),
        )
        for place in below
    ]


def counted(rows: list[Standing]) -> Count:
    """The line under the table."""
    filed = [row for row in rows if row.filed]
    late = [row for row in filed if row.late]
    return Count(
        due=len(rows),
        filed=len(filed),
        zero=sum(row.zero for row in filed),
        late=len(late),
        excused=sum(bool(row.excuse) for row in late),
        missing=len(rows) - len(filed),
    )


def is_below(unit_code: str) -> tuple[ColumnElement[bool], ...]:
    """That a place reports to ``unit_code``."""
    return Place.parent == unit_code, Place.valid_to.is_(None)


def filed_on(day: date) -> Select[str]:
    """Codes of the units whose report of ``day`` is valid."""
    return select(DailyReport.unit).where(
        DailyReport.day == day, DailyReport.returned_at.is_(None)
    )


def missing_units(
    session: Session, root: str, day: date, levels: tuple[Level, ...]
) -> list[Place]:
    """Units of ``levels`` inside ``root`` without a valid report of ``day``."""
    places = select(Place).where(
        Place.code.startswith(root, autoescape=True),
        Place.level.in_(levels),
        Place.valid_to.is_(None),
        Place.code.not_in(filed_on(day)),
    )
    return list(session.scalars(places.order_by(Place.code)))


def _standing(
    place: Place,
    versions: list[DailyReport],
    day: date,
    now: datetime,
    reminded: int = 0,
) -> Standing:
    held = lookup.valid(versions)
    if held is None:
        state = "returned" if versions else "missing"
        late = (
            minutes_late(place.level, day, now) if now > due_at(place.level, day) else 0
        )
        return Standing(place.code, place.name, state, late=late, reminded=reminded)
    lower = held.lower
    return Standing(
        unit=place.code,
        name=place.name,
        state="corrected" if held.reason else "submitted",
        zero=held.zero,
        late=held.minutes_late,
        excuse=held.excuse,
        received_at=held.received_at,
        version=held.version,
        incidents=held.figures.get("incidents"),
        lower=f"{lower['filed']}/{lower['due']}" if lower.get("due") else "",
        reminded=reminded,
        report_id=held.id,
    )


def _reminded(session: Session, day: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for unit in session.scalars(select(Reminder.unit).where(Reminder.day == day)):
        found[unit] = found.get(unit, 0) + 1
    return found
