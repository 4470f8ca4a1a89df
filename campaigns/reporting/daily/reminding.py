"""Reminding units of their report, and telling incidents at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import orm
from campaigns.errors import Refused, mark
from campaigns.register.models import Place, Unit
from campaigns.reporting.daily import lookup
from campaigns.reporting.daily.clock import reminders_due
from campaigns.reporting.daily.models import Incident, Reminder
from campaigns.reporting.daily.periods import current_period
from campaigns.reporting.daily.standing import missing_units
from campaigns.shanghai import day_of
from campaigns.vocabulary import Level

_REPORTING = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)
_TOLD_AT_MOST = 60


def remind_missing(session: Session, now: datetime) -> int:
    """Remind whoever is missing at the hours for it; return how many were new.

    Safe to run at any time, by any number at once: a unit is reminded once an hour
    of reminding. Outside a response period nobody is.
    """
    root = session.scalar(select(Unit.place_code).order_by(Unit.id).limit(1))
    hours = reminders_due(now)
    if root is None or not hours or current_period(session) is None:
        return 0
    day, hour = day_of(now), f"{hours[-1]:%H:%M}"
    done = session.scalar(
        select(Reminder.id).where(Reminder.day == day, Reminder.hour == hour).limit(1)
    )
    if done is not None:
        return 0
    missing = missing_units(session, root, day, _REPORTING)
    return _remind(session, missing, day, hour, now)


def remind_below(session: Session, unit_code: str, now: datetime) -> list[Place]:
    """Remind the units below that have not reported today; return them."""
    day = day_of(now)
    below = lookup.lower_units(session, unit_code)
    filed = {
        place.code
        for place in below
        if lookup.valid_report(session, place.code, day) is not None
    }
    missing = [place for place in below if place.code not in filed]
    _remind(session, missing, day, f"{now.timestamp():.0f}", now)
    return missing


def reminders_of(session: Session, unit_code: str, day: date) -> list[Reminder]:
    """When a unit was reminded of its report of ``day``."""
    found = select(Reminder).where(Reminder.unit == unit_code, Reminder.day == day)
    return list(session.scalars(found.order_by(Reminder.at)))


def tell_incident(  # noqa: PLR0913 - where, what, when, and who was rung
    session: Session,
    unit_code: str,
    what: str,
    *,
    told: str,
    happened_at: datetime,
    told_at: datetime,
    by: int | None,
    now: datetime,
) -> Incident:
    """Record an incident at once (异常即报); the day's report counts it once.

    Raises Refused without what happened or who was told by telephone.
    """
    lookup.get_unit(session, unit_code)
    if not what.strip():
        raise Refused(mark("写明发生了什么、在哪里、几个人。不写姓名和证号。"))
    if not told.strip():
        raise Refused(mark("写明已经打电话告诉了谁。先打电话，再登记。"))
    if happened_at > now or told_at > now:
        raise Refused(mark("时间还没到，请核对。"))
    incident = Incident(
        unit=unit_code,
        happened_at=happened_at,
        recorded_at=now,
        what=what.strip(),
        told=told.strip()[:_TOLD_AT_MOST],
        told_at=told_at,
        recorded_by=by,
    )
    session.add(incident)
    session.flush()
    return incident


def incidents_of(session: Session, unit_code: str, since: datetime) -> list[Incident]:
    """Incidents inside a unit recorded after ``since``, newest first."""
    found = select(Incident).where(
        Incident.unit.startswith(unit_code, autoescape=True),
        Incident.recorded_at > since,
    )
    return list(session.scalars(found.order_by(Incident.recorded_at.desc())))


def _remind(
    session: Session, units: Iterable[Place], day: date, hour: str, now: datetime
) -> int:
    rows = [
        {"unit": place.code, "day": day, "hour": hour, "at": now} for place in units
    ]
    if rows:
        fresh = orm.insert(session, Reminder)
        session.execute(
            fresh.on_conflict_do_nothing(index_elements=["unit", "day", "hour"]), rows
        )
    return len(rows)
