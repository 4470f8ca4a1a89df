"""Zero reports that the ledgers contradict: flagged to the unit and above, not refused.

What is abnormal is told at once (异常即报): a unit that says nothing happened while
doors and needs of its own are still open is asked to look again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.fieldwork.visit_models import Need, Visit
from campaigns.register.models import Member, Place
from campaigns.register.scope import within
from campaigns.reporting.daily.models import DailyReport


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A unit's zero report and what was open in its ledgers when it was filed."""

    unit: str
    name: str
    open: dict[str, int]


def open_items(session: Session, unit_code: str, incidents: int = 0) -> dict[str, int]:
    """Open visits and needs of a unit's people, and its day's ``incidents``.

    Only what is there: nothing open is an empty mapping.
    """
    each = (
        select(func.count())
        .select_from(table)
        .join(Member, Member.id == table.member_id)
        .where(table.closed_at.is_(None), within(unit_code))
        .scalar_subquery()
        for table in (Visit, Need)
    )
    visits, needs = session.execute(select(*each)).one()
    found = {"incidents": incidents, "visits": visits, "needs": needs}
    return {name: n for name, n in found.items() if n}


def contradictions(session: Session, root: str, day: date) -> list[Contradiction]:
    """Units of every level inside ``root`` whose valid zero report is contradicted."""
    reports = session.execute(
        select(DailyReport, Place.name)
        .join(Place, Place.code == DailyReport.unit)
        .where(
            DailyReport.day == day,
            DailyReport.unit.startswith(root, autoescape=True),
            DailyReport.returned_at.is_(None),
        )
        .order_by(DailyReport.unit, DailyReport.version)
    )
    last = {report.unit: (report, name) for report, name in reports}
    return [
        Contradiction(unit, name, report.parts["open"])
        for unit, (report, name) in last.items()
        if report.zero and report.parts.get("open")
    ]
