"""The daily report as rows of sheets: what is printed, and what a city reads back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from campaigns.reporting.daily.columns import (
    BLOCKS,
    COLUMNS,
    RATES,
    Column,
    Figures,
    rate_of,
)
from campaigns.reporting.daily.models import DailyReport
from campaigns.reporting.paragraph import percent
from campaigns.reporting.tables import Table, Value
from campaigns.vocabulary import Level
from campaigns.words import word

HEARD = ("villages_due", "villages_played", "villages_missed")
PLAYED = ("plays", "readings", "seconds")
SOUND = (*HEARD, *PLAYED)
"""What is told of each village by the levels above it."""

OWN = ""
_TOWNSHIP_DIGITS, _COUNTY_DIGITS = 9, 6


@dataclass(frozen=True, slots=True)
class Sheets:
    """The tables of one report, in the order of the workbook."""

    day: Table
    units: Table
    villages: Table | None
    grades: Table | None

    def __iter__(self) -> Iterator[Table]:
        """Those that there are."""
        tables = (self.day, self.units, self.villages, self.grades)
        return iter([table for table in tables if table is not None])


def columns_of(level: Level) -> tuple[Column, ...]:
    """The columns that a unit of ``level`` has: villages have no texts."""
    return tuple(c for c in COLUMNS if level is not Level.VILLAGE or not c.texts)


def blocks_of(level: Level) -> list[tuple[str, list[Column]]]:
    """The columns of a unit of ``level`` as they are read: one table a block."""
    columns = columns_of(level)
    found = [(block, [c for c in columns if c.block == block]) for block in BLOCKS]
    return [pair for pair in found if pair[1]]


def sheets(report: DailyReport, unit_name: str, language: str = "zh") -> Sheets:
    """All tables of ``report``."""
    return Sheets(
        _day(report, unit_name, language),
        _units(report, language),
        _villages(report, language),
        _grades(report, language),
    )


def _day(report: DailyReport, unit_name: str, language: str) -> Table:
    say = partial(word, language=language)
    columns = columns_of(report.level)
    head = (f"{report.day:%Y-%m-%d}", report.unit, unit_name)
    rows: list[tuple[Value, ...]] = []
    for code, figures in _lines(report):
        whole = code == "report.whole"
        shown = _cells(figures, columns, language, blank=not whole)
        shares = [_rate(block, figures, language) if whole else "" for block in RATES]
        rows.append((*head, say(code), *shown, *shares))
    header = (
        say("report.day"),
        say("report.code"),
        say("unit_reporting"),
        say("figure.item"),
        *(say(column.code) for column in columns),
        *map(say, RATES.values()),
    )
    return Table(say("daily_report"), header, tuple(rows), named=len(head) + 1)


def day_blocks(report: DailyReport, language: str = "zh") -> list[Table]:
    """The day's figures in blocks of a page's width, for whoever signs and stamps."""
    say = partial(word, language=language)
    made = []
    for block, columns in blocks_of(report.level):
        rows: list[tuple[Value, ...]] = []
        for code, figures in _lines(report):
            whole = code == "report.whole"
            rated = [it for it in RATES if it == block]
            rate = [_rate(it, figures, language) if whole else "" for it in rated]
            shown = _cells(figures, columns, language, blank=not whole)
            rows.append((say(code), *shown, *rate))
        last = [say(code) for it, code in RATES.items() if it == block]
        header = ("", *(say(column.code) for column in columns), *last)
        made.append(Table(say(block), header, tuple(rows)))
    return made


def _lines(report: DailyReport) -> tuple[tuple[str, Figures], ...]:
    return (
        ("report.whole", report.figures),
        ("report.supplement", report.late),
        ("report.total", report.total),
    )


def _rate(block: str, figures: Figures, language: str) -> str:
    return percent(rate_of(block, figures), language)


def _cells(
    figures: Figures, columns: Iterable[Column], language: str, *, blank: bool = False
) -> tuple[Value, ...]:
    """Figures in order; a missing one is 未填, or empty where none belongs there."""
    unfilled = "" if blank else word("report.unfilled", language)
    return tuple(figures.get(column.key, unfilled) for column in columns)


def _units(report: DailyReport, language: str) -> Table:
    """A row for each unit below, the unit's own row, and 合计: today's figures."""
    say = partial(word, language=language)
    columns = columns_of(report.level)
    names = report.parts.get("names", {})
    missing = set(report.lower.get("missing", ()))
    rows: list[tuple[Value, ...]] = []
    units: Mapping[str, Any] = report.parts.get("units", {})
    for code in sorted(code for code in units if code != OWN):
        state = say("report.missing" if code in missing else "report.submitted")
        name = names.get(code, say("report.unplaced"))
        shown = _cells(units[code], columns, language, blank=code not in missing)
        rows.append((code, name, state, *shown))
    own = Counter(units.get(OWN, {}))
    own.update(report.parts.get("own", {}))
    rows.append(
        (
            report.unit,
            say("report.own"),
            "",
            *_cells(own, columns, language, blank=True),
        )
    )
    header = (
        say("report.code"),
        say("unit_reporting"),
        say("state"),
        *(say(column.code) for column in columns),
    )
    total = (
        report.unit,
        say("figure.total"),
        "",
        *_cells(report.figures, columns, language),
    )
    return Table(say("report.units"), header, tuple(rows), total, named=3)


def _villages(report: DailyReport, language: str) -> Table | None:
    """Every village under its township, subtotals at each level, 合计 last."""
    villages: Mapping[str, Any] = report.parts.get("villages", {})
    if not villages:
        return None
    say = partial(word, language=language)
    names = report.parts.get("village_names", {})
    rows: list[tuple[Value, ...]] = []
    levels = (_COUNTY_DIGITS,) if report.level is not Level.COUNTY else ()
    for digits, code, figures in subtotalled(villages, (_TOWNSHIP_DIGITS, *levels)):
        kind = say("figure.subtotal") if digits else ""
        shown = (figures.get(key, 0) for key in SOUND)
        rows.append((code, names.get(code, code), kind, *shown))
    total = sum((Counter(one) for one in villages.values()), Counter[str]())
    header = (
        say("report.code"),
        say("village"),
        say("figure.item"),
        *(say(column.code) for column in COLUMNS if column.key in SOUND),
    )
    last: tuple[Value, ...] = (
        report.unit,
        say("figure.total"),
        "",
        *(total[key] for key in SOUND),
    )
    return Table(say("report.villages"), header, tuple(rows), last)


def subtotalled(
    villages: Mapping[str, Figures], levels: tuple[int, ...]
) -> Iterator[tuple[int, str, Figures]]:
    """Villages in order, each level's subtotal after its last village.

    ``levels`` are digits of codes, the lowest level first; a village has 0.
    """
    sums = {digits: Counter[str]() for digits in levels}
    last = ""
    for code in [*sorted(villages), ""]:
        for digits in levels:
            if last and code[:digits] != last[:digits]:
                yield digits, last[:digits], sums[digits]
                sums[digits] = Counter()
        if code:
            for one in sums.values():
                one.update(villages[code])
            yield 0, code, villages[code]
        last = code


def _grades(report: DailyReport, language: str) -> Table | None:
    grades: Mapping[str, Any] = report.parts.get("grades", {})
    if not grades:
        return None
    say = partial(word, language=language)
    header = ("category", "grade", "figure.holders", "figure.cumulative")
    rows: list[tuple[Value, ...]] = []
    for key, (holders, contacted) in sorted(grades.items()):
        category, grade = key.split("-")
        rows.append((say(f"category_{category}"), grade, holders, contacted))
    sums = [sum(pair[n] for pair in grades.values()) for n in range(2)]
    return Table(
        say("report.grades"),
        tuple(map(say, header)),
        tuple(rows),
        (say("figure.total"), "", *sums),
    )
