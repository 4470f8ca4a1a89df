"""The one time zone of the country, and the day that a moment falls on there."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The day in Shanghai of an aware ``moment``."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The moment at which ``day`` begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)
