"""The days that a report is about: a month, a quarter, a year, or any others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from campaigns.errors import Refused, mark
from campaigns.shanghai import midnight

_DAY = timedelta(days=1)
_QUARTER = 3
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class Span(NamedTuple):
    """Whole days in Asia/Shanghai, both ends included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first moment of it."""
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return midnight(self.last + _DAY)


def named(name: str, today: date) -> Span:
    """The span of ``NAMED`` that holds ``today``, whole; the last month before it."""
    return NAMED[name](today)


def between(first: str, last: str) -> Span:
    """From the one day to the other, as a form sends them (2026-11-25).

    Raises Refused for what is no day, or lies the other way round.
    """
    try:
        found = Span(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise Refused(mark("请填开始和结束两个日期，例如 2026-01-31。")) from None
    if found.last < found.first:
        raise Refused(mark("结束日期在开始日期前面。请对调。"))
    if found.first.year < _FIRST_YEAR or found.last.year > _LAST_YEAR:
        raise Refused(
            mark("年份请填 %(first)s 到 %(last)s 之间的。"),
            first=_FIRST_YEAR,
            last=_LAST_YEAR,
        )
    return found


def _months(first: date, months: int) -> Span:
    after = first
    for _ in range(months):
        after = (after + 31 * _DAY).replace(day=1)
    return Span(first, after - _DAY)


def _this_month(today: date) -> Span:
    return _months(today.replace(day=1), 1)


def _last_month(today: date) -> Span:
    return _this_month(today.replace(day=1) - _DAY)


def _this_quarter(today: date) -> Span:
    first = (today.month - 1) // _QUARTER * _QUARTER + 1
    return _months(today.replace(month=first, day=1), _QUARTER)


def _this_year(today: date) -> Span:
    return Span(today.replace(month=1, day=1), today.replace(month=12, day=31))


NAMED: dict[str, Callable[[date], Span]] = {
    "this_month": _this_month,
    "last_month": _last_month,
    "this_quarter": _this_quarter,
    "this_year": _this_year,
}
"""Spans that have a name; their words are ``span.`` and the name."""
