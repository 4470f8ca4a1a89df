"""The end of the demonstration's day: the county files its report, every zero said."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from campaigns.fieldwork.models import Announcement
from campaigns.register.unit import current_unit
from campaigns.reporting.daily import filing, periods
from campaigns.reporting.daily.clock import day_of
from campaigns.reporting.daily.columns import CLOSINGS
from campaigns.reporting.daily.filing import Entry
from campaigns.vocabulary import AnnouncementState
from outreach.demo.county import deed
from outreach.wiring import Wiring


def begin(wiring: Wiring, by: int) -> None:
    """Begin a response period, so that a report is due today."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        periods.open_period(session, "感冒和流感", by=by, now=now)
        deed(
            session, "begin_daily", f"daily:{current_unit(session).place_code}", by, now
        )


def file_report(wiring: Wiring, campaign: int, by: int) -> dict[str, Any]:
    """File the county's zero report; return what there is to know about the day."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        unit, day = current_unit(session).place_code, day_of(now)
        entry = Entry(zero=True)
        report = filing.file_report(session, unit, day, entry, by=by, now=now)
        deed(session, "file_daily", f"daily:{unit}:{day}", by, now)
        states = session.execute(
            select(Announcement.state, func.count())
            .where(Announcement.campaign_id == campaign)
            .group_by(Announcement.state)
        )
        counts = Counter({state.value: n for state, n in states})
        return {
            "announcements": {it.value: counts[it.value] for it in AnnouncementState},
            "daily_report": {
                "day": day.isoformat(),
                "version": report.version,
                "zeros_explicit": filing.zeros_explicit(report),
                "closes": all(rule.holds(report.figures) for rule in CLOSINGS),
                "units_due": report.lower["due"],
                "units_filed": report.lower["filed"],
                "figures": report.figures,
            },
        }
