"""Finding reports: the version that holds, the one before it, and those below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, mark
from campaigns.register.models import Place
from campaigns.reporting.daily.models import DailyReport, ResponsePeriod


def get_unit(session: Session, code: str) -> Place:
    """The unit's place. Raises NotFound."""
    place = session.get(Place, code)
    if place is None:
        raise NotFound(mark("没有这个单位，或者不在您的范围里。"))
    return place


def lower_units(session: Session, code: str) -> list[Place]:
    """The units that report to ``code``, in the order of their codes."""
    below = select(Place).where(Place.parent == code, Place.valid_to.is_(None))
    return list(session.scalars(below.order_by(Place.code)))


def versions(session: Session, unit: str, day: date) -> list[DailyReport]:
    """Every version of a unit's report of ``day``, oldest first."""
    found = select(DailyReport).where(DailyReport.unit == unit, DailyReport.day == day)
    return list(session.scalars(found.order_by(DailyReport.version)))


def valid(reports: Sequence[DailyReport]) -> DailyReport | None:
    """The version that holds: the last one, unless it was sent back."""
    last = reports[-1] if reports else None
    return None if last is None or last.returned_at is not None else last


def valid_report(session: Session, unit: str, day: date) -> DailyReport | None:
    """The report that holds for ``unit`` on ``day``, or None: 未报."""
    return valid(versions(session, unit, day))


def earlier(
    session: Session, period: ResponsePeriod, unit: str, day: date
) -> DailyReport | None:
    """The last valid report before ``day`` in the period."""
    found = session.scalars(
        select(DailyReport)
        .where(
            DailyReport.period_id == period.id,
            DailyReport.unit == unit,
            DailyReport.day < day,
            DailyReport.returned_at.is_(None),
        )
        .order_by(DailyReport.day.desc(), DailyReport.version.desc())
        .limit(1)
    )
    return found.first()


def later(
    session: Session, period: ResponsePeriod, unit: str, day: date
) -> DailyReport | None:
    """A valid report after ``day``; with one, ``day`` can be corrected no more."""
    after = select(DailyReport).where(
        DailyReport.period_id == period.id,
        DailyReport.unit == unit,
        DailyReport.day > day,
        DailyReport.returned_at.is_(None),
    )
    return session.scalars(after.limit(1)).first()


def valid_below(
    session: Session,
    period: ResponsePeriod,
    units: Sequence[Place],
    day: date | None = None,
) -> list[DailyReport]:
    """The reports that hold of ``units``, of one day or of all days of the period."""
    query = select(DailyReport).where(
        DailyReport.period_id == period.id,
        DailyReport.unit.in_([unit.code for unit in units]),
    )
    if day is not None:
        query = query.where(DailyReport.day == day)
    grouped: dict[tuple[str, date], list[DailyReport]] = {}
    for report in session.scalars(query.order_by(DailyReport.version)):
        grouped.setdefault((report.unit, report.day), []).append(report)
    found = (valid(reports) for _, reports in sorted(grouped.items()))
    return [report for report in found if report is not None]
