"""When a report is due: days and hours in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from campaigns.shanghai import SHANGHAI, day_of
from campaigns.vocabulary import Level

DUE = {Level.VILLAGE: time(15, 0)}
DUE_ABOVE = time(16, 0)
"""Villages hand in an hour before townships and counties."""

REMIND_AT = (time(14, 30), time(15, 30))
MENDED_WITHIN = timedelta(minutes=30)
"""A report sent back for an error and mended by then keeps its first time."""


def due_at(level: Level, day: date) -> datetime:
    """When the report of ``day`` must have been received, in UTC."""
    return _at(day, DUE.get(level, DUE_ABOVE))


def minutes_late(level: Level, day: date, received: datetime) -> int:
    """Whole minutes after the due time, begun ones counted; 0 when on time."""
    over = received - due_at(level, day)
    return max(0, -(-over // timedelta(minutes=1)))


def reminders_due(now: datetime) -> list[time]:
    """Today's hours of reminding that have passed."""
    day = day_of(now)
    return [hour for hour in REMIND_AT if _at(day, hour) <= now]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)
