"""The end of the demonstration's day: the county files its report, every zero said."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from campaigns.fieldwork import deeds, needs, visit_pages, visiting, visits
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.visiting import Result
from campaigns.register.scope import Scope
from campaigns.register.unit import current_unit
from campaigns.reporting.daily import filing, periods
from campaigns.reporting.daily.columns import CLOSINGS
from campaigns.reporting.daily.filing import Entry
from campaigns.reporting.statistics import campaign_statistics
from campaigns.shanghai import day_of
from campaigns.vocabulary import AnnouncementState, MissedReason, NeedKind, VisitOutcome
from outreach.demo.county import deed
from outreach.wiring import Wiring

_AT_THE_DOORS: tuple[tuple[VisitOutcome, tuple[NeedKind, ...]], ...] = (
    (VisitOutcome.MET, (NeedKind.MEDICINE, NeedKind.GOODS)),
    (VisitOutcome.FAMILY_MET, ()),
    (VisitOutcome.NOBODY_HOME, ()),
    (VisitOutcome.CALLED, (NeedKind.DOCTOR,)),
)
_HEARD, _SIGNED = 6, 2
"""Villages that tell what they did, and those whose township signs for it."""


def begin(wiring: Wiring, by: int) -> None:
    """Begin a response period, so that a report is due today."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        periods.open_period(session, "感冒和流感", by=by, now=now)
        deed(
            session, "begin_daily", f"daily:{current_unit(session).place_code}", by, now
        )


def visit(wiring: Wiring, by: int) -> None:
    """A worker goes to the first doors and writes down what each came to."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        visits.open_visits(session, now)
        doors = visit_pages.open_rows(session, Scope(), limit=len(_AT_THE_DOORS))
        for row, (outcome, kinds) in zip(doors, _AT_THE_DOORS, strict=False):
            told = Result(outcome, needs=[(kind, "") for kind in kinds])
            ids = [row.visit.id]
            visiting.assign(session, Scope(), ids, "村专职委员", by=by, now=now)
            visiting.record(session, row.visit, told, by=by, now=now)
            deed(session, "record_visit", f"visit:{row.visit.id}", by, now)
        for each in needs.open_needs(session, Scope(), limit=1):
            needs.close(session, each.need, solved=True, by=by, now=now)
            deed(session, "close_need", f"need:{each.need.id}", by, now)


def play(wiring: Wiring, campaign: int, by: int) -> None:
    """The first villages play what they were sent; one has no power; two are signed."""
    now = wiring.clock()
    told = Play(day_of(now), ("07:30", "18:30"))
    first = select(Announcement.id).where(Announcement.campaign_id == campaign)
    with wiring.database.writing() as session:
        villages = session.scalars(first.order_by(Announcement.village).limit(_HEARD))
        *heard, dark = villages.all()
        for key in heard:
            deeds.record_played(session, key, told, way="phone", now=now)
            deed(session, "enter_played", f"announcement:{key}", by, now)
        deeds.record_missed(session, dark, MissedReason.POWER, way="phone", now=now)
        deed(session, "enter_missed", f"announcement:{dark}", by, now)
        deeds.sign_off(session, heard[:_SIGNED], by=by, now=now)
        deed(session, "sign_off", f"campaign:{campaign}", by, now)


def file_report(wiring: Wiring, campaign: int, by: int) -> dict[str, Any]:
    """File the county's report; return what there is to know about the day.

    Nothing was told beside what the service counted itself: every other figure is 0.
    """
    now = wiring.clock()
    with wiring.database.writing() as session:
        unit, day = current_unit(session).place_code, day_of(now)
        entry = Entry(zero=True)
        report = filing.file_report(session, unit, day, entry, by=by, now=now)
        deed(session, "file_daily", f"daily:{unit}:{day}", by, now)
        seen = campaign_statistics(session, campaign)
        states = session.execute(
            select(Announcement.state, func.count())
            .where(Announcement.campaign_id == campaign)
            .group_by(Announcement.state)
        )
        counts = Counter({state.value: n for state, n in states})
        return {
            "announcements": {it.value: counts[it.value] for it in AnnouncementState},
            "people": dict(seen.people),
            "reached": seen.reached,
            "outcome": dict(seen.outcome),
            "visits": visit_pages.counts(session),
            "daily_report": {
                "day": day.isoformat(),
                "version": report.version,
                "zeros_explicit": filing.zeros_explicit(report),
                "contradicted_by": report.parts["open"],
                "closes": all(rule.holds(report.figures) for rule in CLOSINGS),
                "units_due": report.lower["due"],
                "units_filed": report.lower["filed"],
                "figures": report.figures,
            },
        }
