"""Tables of the daily report: periods, reports, incidents and reminders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.vocabulary import Level


class ResponsePeriod(Base):
    """The days in which reports are due; figures are added up from its beginning."""

    __tablename__ = "response_period"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(Key)


class DailyReport(Base):
    """One version of a unit's report of one day, frozen as it was filed.

    ``figures`` are the day's by column, ``late`` what came for earlier days (补报),
    ``total`` the sums since the period began, up to ``until``. ``own`` is what this
    unit typed itself; a key that is absent was filled in by nobody. ``lower`` tells
    how many units below were due, filed, zero, late, and which are missing.
    ``received_at`` counts for lateness and stays that of the first valid version.
    """

    __tablename__ = "daily_report"
    __table_args__ = (
        UniqueConstraint("unit", "day", "version"),
        Index("daily_report_day", "day", "unit"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("response_period.id"))
    unit: Mapped[str] = mapped_column(String(20))
    level: Mapped[Level] = mapped_column(closed(Level))
    day: Mapped[date]
    version: Mapped[int] = mapped_column(SmallInteger)
    zero: Mapped[bool] = mapped_column(default=False)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    late: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[dict[str, Any]] = mapped_column(default=dict)
    own: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lower: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    until: Mapped[datetime]
    submitted_at: Mapped[datetime]
    received_at: Mapped[datetime]
    minutes_late: Mapped[int] = mapped_column(default=0)
    excuse: Mapped[str] = mapped_column(Text, default="")
    way: Mapped[str] = mapped_column(String(24), default="account")
    called_by: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    filed_by: Mapped[int | None] = mapped_column(Key)
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(Key)
    return_reason: Mapped[str] = mapped_column(Text, default="")


class Incident(Base):
    """Something out of the ordinary, told at once: what, when, and who was rung."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20), index=True)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(String(60))
    told_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(Key)
    closed_at: Mapped[datetime | None]


class Reminder(Base):
    """A unit was reminded of its report; ``hour`` is 14:30, 15:30 or by_hand."""

    __tablename__ = "report_reminder"
    __table_args__ = (UniqueConstraint("unit", "day", "hour"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    hour: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
