"""What a unit's report of a day would say now: counted, typed, and from below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.register.models import Place
from campaigns.reporting.daily import lookup
from campaigns.reporting.daily.columns import COLUMNS, FLOWS, TYPED
from campaigns.reporting.daily.counting import Counted, count
from campaigns.reporting.daily.models import DailyReport, ResponsePeriod
from campaigns.vocabulary import Level

_COUNTS = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)
_STOCKS = tuple(column.key for column in COLUMNS if column.stock)


@dataclass(frozen=True, slots=True)
class Lower:
    """The units below: how many were due and filed, and who is missing."""

    due: int = 0
    filed: int = 0
    zero: int = 0
    late: int = 0
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As a report keeps it."""
        return {
            "due": self.due,
            "filed": self.filed,
            "zero": self.zero,
            "late": self.late,
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as it stands; ``late`` belongs to earlier days, ``total`` to all."""

    figures: dict[str, int]
    late: dict[str, int]
    total: dict[str, int]
    lower: Lower
    parts: dict[str, Any] = field(default_factory=dict)


def draft(  # noqa: PLR0913, PLR0917 - whose, of when, what was typed, until when
    session: Session,
    period: ResponsePeriod,
    unit: Place,
    day: date,
    own: Mapping[str, int],
    until: datetime | None = None,
) -> Draft:
    """Put together what ``unit`` would file now; ``own`` is what it typed itself.

    ``until`` is when the first version was frozen: visits and needs recorded after it
    belong to the next report.
    """
    before = lookup.earlier(session, period, unit.code, day)
    since = before.until if before else period.begins_at
    counted = _counted(session, period, unit, since, until)
    below = lookup.lower_units(session, unit.code)
    held = lookup.valid_below(session, period, [unit, *below])
    reports = [report for report in held if report.unit != unit.code]
    todays = [report for report in reports if report.day == day]
    taken = counted is None
    figures = _added(todays, COLUMNS_OF[taken]) if below else Counter[str]()
    total = _totals(reports, COLUMNS_OF[taken])
    figures.update(own)
    total.update(own)
    total.update(_own_before(held, unit, day))
    typed = {
        "typed": {key: n for key, n in figures.items() if key in TYPED},
        "typed_total": {key: n for key, n in total.items() if key in TYPED},
    }
    if counted is not None:
        figures.update(counted.figures)
        total.update(counted.total)
    sums = {key: total[key] for key in FLOWS if key in total or key in figures}
    return Draft(
        dict(figures),
        _late(sums, before, figures),
        sums,
        _lower(below, todays),
        {
            **typed,
            **_parts(counted, below, todays, own),
            **_villages(session, unit, counted, todays),
        },
    )


COLUMNS_OF: dict[bool, tuple[str, ...]] = {
    True: tuple(column.key for column in COLUMNS),
    False: TYPED,
}
"""What is taken from below: everything where nothing is counted here, else typed."""


def _counted(
    session: Session,
    period: ResponsePeriod,
    unit: Place,
    since: datetime,
    until: datetime | None,
) -> Counted | None:
    if unit.level not in _COUNTS:
        return None
    return count(session, period, unit, since, until)


def _added(reports: Iterable[DailyReport], keys: Iterable[str]) -> Counter[str]:
    """The sums of lower reports; a column that none of them filled in stays away.

    Where this unit counts by itself, only what people typed below is added.
    """
    wanted, sums = set(keys), Counter[str]()
    for report in reports:
        told = report.figures if set(_STOCKS) & wanted else report.parts["typed"]
        sums.update({k: n for k, n in told.items() if k in wanted})
    return sums


def _totals(reports: Iterable[DailyReport], keys: Iterable[str]) -> Counter[str]:
    """All that lower reports told on any day, what came late with it."""
    wanted, sums = set(keys) - set(_STOCKS), Counter[str]()
    if not set(_STOCKS) & set(keys):
        for report in {report.unit: report for report in reports}.values():
            sums.update(report.parts["typed_total"])
        return sums
    for report in reports:
        for told in (report.figures, report.late):
            sums.update({key: n for key, n in told.items() if key in wanted})
    return sums


def _own_before(held: list[DailyReport], unit: Place, day: date) -> Counter[str]:
    sums = Counter[str]()
    for report in held:
        if report.unit == unit.code and report.day != day:
            sums.update(report.own)
    return sums


def _late(
    total: Mapping[str, int], before: DailyReport | None, figures: Mapping[str, int]
) -> dict[str, int]:
    """What the total has grown by and the day does not explain: 补报."""
    found = {
        key: n - _was(before, key) - figures.get(key, 0) for key, n in total.items()
    }
    return {key: n for key, n in found.items() if n}


def _was(before: DailyReport | None, key: str) -> int:
    return int(before.total.get(key, 0)) if before else 0


def _lower(below: list[Place], todays: list[DailyReport]) -> Lower:
    filed = {report.unit for report in todays}
    return Lower(
        due=len(below),
        filed=len(filed),
        zero=sum(report.zero for report in todays),
        late=sum(bool(report.minutes_late) for report in todays),
        missing=tuple(place.code for place in below if place.code not in filed),
    )


def _parts(
    counted: Counted | None,
    below: list[Place],
    todays: list[DailyReport],
    own: Mapping[str, int],
) -> dict[str, Any]:
    """The rows of the sheet by unit; together with what was typed here, the figures."""
    rows = {place.code: Counter[str]() for place in below}
    keys = COLUMNS_OF[counted is None]
    for report in todays:
        rows[report.unit].update(_added([report], keys))
    for code, figures in (counted.by_part if counted else {}).items():
        rows.setdefault(code, Counter()).update(figures)
    return {
        "units": {code: dict(figures) for code, figures in rows.items()},
        "names": {place.code: place.name for place in below},
        "own": dict(own),
        "grades": counted.grades if counted else _grades(todays),
    }


def _villages(
    session: Session,
    unit: Place,
    counted: Counted | None,
    todays: list[DailyReport],
) -> dict[str, Any]:
    """Each village's loudspeakers for a county, those of all counties for a city."""
    if unit.level is Level.COUNTY and counted is not None:
        return _own_villages(session, unit, counted)
    sums: dict[str, dict[str, Any]] = {"villages": {}, "village_names": {}}
    if counted is None:
        for report in todays:
            for name, found in sums.items():
                found.update(report.parts.get(name, {}))
    return sums


def _own_villages(session: Session, unit: Place, counted: Counted) -> dict[str, Any]:
    names: dict[str, str] = {unit.code: unit.name}
    villages: dict[str, dict[str, int]] = {}
    inside = select(Place.code, Place.name, Place.level).where(
        Place.code.startswith(unit.code, autoescape=True), Place.valid_to.is_(None)
    )
    for code, name, level in session.execute(inside.order_by(Place.code)):
        names[code] = name
        if level is Level.VILLAGE:
            villages[code] = counted.villages.get(code, {})
    return {"villages": villages, "village_names": names}


def _grades(todays: list[DailyReport]) -> dict[str, list[int]]:
    sums: dict[str, list[int]] = {}
    for report in todays:
        for key, pair in report.parts.get("grades", {}).items():
            old = sums.get(key, [0, 0])
            sums[key] = [old[0] + pair[0], old[1] + pair[1]]
    return sums
