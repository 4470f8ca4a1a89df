"""Counties' workbooks at the city: what adds up is taken in, the rest returned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from campaigns.errors import NotReady, Refused, mark
from campaigns.reporting.daily import lookup
from campaigns.reporting.daily.clock import MENDED_WITHIN, minutes_late
from campaigns.reporting.daily.columns import TYPED
from campaigns.reporting.daily.county_files import Handed, read_workbook
from campaigns.reporting.daily.county_sheets import Fault
from campaigns.reporting.daily.filing import WORDS
from campaigns.reporting.daily.models import DailyReport, ResponsePeriod
from campaigns.reporting.daily.periods import check_day, needed_period
from campaigns.reporting.daily.workbook import SAID
from campaigns.words import word

_REASON_AT_MOST = 5


def take_in_workbook(  # noqa: PLR0913 - whose, which, why, by whom
    session: Session,
    city_code: str,
    path: Path,
    *,
    reason: str = "",
    by: int | None,
    now: datetime,
) -> tuple[DailyReport, list[Fault]]:
    """Take in a county's workbook, or return it with what does not add up.

    A returned one is kept as a returned version with its reasons; mended within half
    an hour it keeps its time. Raises Unreadable and Refused for what is no daily
    report of one of the city's counties, NotReady when the county's report stands
    and ``reason`` does not say why another version replaces it.
    """
    period, handed = needed_period(session), read_workbook(path)
    below = {place.code: place for place in lookup.lower_units(session, city_code)}
    if handed.unit not in below:
        raise Refused(
            mark("B4 单元格的单位代码 %(code)s 不是下级单位。请核对。"),
            code=handed.unit,
        )
    check_day(period, handed.day, now)
    former = lookup.versions(session, handed.unit, handed.day)
    held = lookup.valid(former)
    if held is not None and not reason.strip():
        raise NotReady(
            mark("%(name)s这一天已经报过了。要换成更正后的，写一句原因。"),
            name=handed.name,
        )
    made = _version(handed, period, former, now)
    made.level, made.filed_by = below[handed.unit].level, by
    if held is not None:
        made.received_at, made.reason = held.received_at, reason.strip()
    made.minutes_late = minutes_late(made.level, made.day, made.received_at)
    if handed.faults:
        made.returned_at, made.returned_by = now, by
        made.return_reason = summary(handed.faults)
    session.add(made)
    session.flush()
    return made, handed.faults


def summary(faults: Iterable[Fault]) -> str:
    """The first faults by their cells, for whoever must mend them."""
    listed = [f"{fault.sheet} {fault.cell}：{fault.error}" for fault in faults]
    more = len(listed) - _REASON_AT_MOST
    told = listed[:_REASON_AT_MOST]
    return "；".join(told) + (f" …{more}" if more > 0 else "")


def _version(
    handed: Handed, period: ResponsePeriod, former: list[DailyReport], now: datetime
) -> DailyReport:
    said = {word(code): key for key, code in SAID.items()}
    words = {said[title]: text for title, text in handed.words.items() if title in said}
    filed = len(handed.units) - len(handed.missing)
    return DailyReport(
        period_id=period.id,
        unit=handed.unit,
        day=handed.day,
        version=len(former) + 1,
        zero=not any(handed.figures.get(key) for key in (*TYPED, "incidents")),
        figures=handed.figures,
        late=handed.late,
        total=handed.total,
        own=handed.own,
        words={key: words.get(key, "") for key in WORDS},
        lower={
            "due": len(handed.units),
            "filed": filed,
            "zero": _number(handed, "report.zero"),
            "late": _number(handed, "report.late"),
            "missing": handed.missing,
        },
        parts={
            "units": handed.units,
            "names": handed.names,
            "own": handed.own,
            "grades": handed.grades,
            "villages": handed.villages,
            "village_names": {**handed.village_names, handed.unit: handed.name},
        },
        until=now,
        submitted_at=now,
        received_at=_received(former, now),
        way="workbook",
    )


def _number(handed: Handed, code: str) -> int:
    told = handed.words.get(word(code), "0")
    return int(float(told)) if told.replace(".", "", 1).isdigit() else 0


def _received(former: list[DailyReport], now: datetime) -> datetime:
    last = former[-1] if former else None
    if last is None or last.returned_at is None:
        return now
    return last.received_at if now - last.returned_at <= MENDED_WITHIN else now
