"""A day's playing as a village tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Refused, mark
from campaigns.fieldwork.models import AnnouncementLog
from campaigns.shanghai import day_of

_REPEATS_AT_MOST = 20


class Way(StrEnum):
    """How a deed was reported."""

    LINK = "link"
    PHONE = "phone"
    ACCOUNT = "account"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Play:
    """A day's playing: its slots such as 07:30, readings each, and by what means.

    ``means`` is usb, phone, microphone or platform.
    """

    day: date
    slots: tuple[str, ...]
    repeats: int = 2
    means: str = "usb"
    remark: str = ""


def check(play: Play, now: datetime) -> None:
    """Raise Refused for a day ahead, no slot, or too many readings."""
    if play.day > day_of(now):
        raise Refused(mark("播放日期还没到，请选今天或以前的日期。"))
    if not play.slots:
        raise Refused(mark("至少选一个播放的时段。"))
    if not 1 <= play.repeats <= _REPEATS_AT_MOST:
        raise Refused(mark("遍数写 1 到 %(most)s。"), most=_REPEATS_AT_MOST)


def as_told(play: Play) -> dict[str, Any]:
    """The playing as the log keeps it."""
    return {**asdict(play), "day": play.day.isoformat(), "slots": list(play.slots)}


def last_told(session: Session, announcement_ids: Sequence[int]) -> dict[int, Play]:
    """The last word about each announcement that was played, by its id."""
    told = session.execute(
        select(AnnouncementLog.announcement_id, AnnouncementLog.details)
        .where(
            AnnouncementLog.announcement_id.in_(announcement_ids),
            AnnouncementLog.deed == "played",
        )
        .order_by(AnnouncementLog.id)
    )
    return {number: _read(details) for number, details in told}


def _read(details: dict[str, Any]) -> Play:
    facts = {**details, "day": date.fromisoformat(details["day"])}
    return Play(**{**facts, "slots": tuple(details["slots"])})


def plays(session: Session, announcement_id: int) -> int:
    """Slots played, the last word for each day."""
    told = session.scalars(
        select(AnnouncementLog.details)
        .where(
            AnnouncementLog.announcement_id == announcement_id,
            AnnouncementLog.deed == "played",
        )
        .order_by(AnnouncementLog.id)
    )
    return sum({entry["day"]: len(entry["slots"]) for entry in told}.values())
