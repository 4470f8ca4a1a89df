"""A county's workbook at the city's office: read, and checked that it adds up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from campaigns.errors import Refused, mark
from campaigns.reporting.daily.columns import CLOSINGS, Closing
from campaigns.reporting.daily.county_sheets import Fault, Row, Sheet, open_sheet
from campaigns.reporting.daily.sheet_rows import SOUND
from campaigns.words import word

_SUM = mark("%(cell)s 单元格是 %(whole)s，上面各行加起来是 %(sum)s。")
_DIFFERS = mark("%(cell)s 单元格是 %(found)s，“日报”表里是 %(wanted)s，应当相等。")


@dataclass(slots=True)
class Handed:
    """What a county's workbook says, and what is wrong with it."""

    unit: str
    name: str
    day: date
    figures: dict[str, int]
    late: dict[str, int]
    total: dict[str, int]
    units: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    own: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    villages: dict[str, dict[str, int]] = field(default_factory=dict)
    village_names: dict[str, str] = field(default_factory=dict)
    grades: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_workbook(path: Path) -> Handed:
    """Read a county's daily report and check that it adds up.

    Raises Unreadable for what is no workbook of a daily report, Refused where its
    unit or day cannot be read. ``faults`` say what does not close, cell by cell.
    """
    faults: list[Fault] = []
    day = open_sheet(path, word("daily_report"), faults)
    if [row.cells[3:4] for row in day.rows[:3]] != _items():
        raise Refused(mark("“日报”表要有本日、补报、累计三行。请用系统生成的日报。"))
    whole, late, total = day.rows[:3]
    handed = Handed(
        unit=str(whole.cells[1]),
        name=str(whole.cells[2]),
        day=_day(whole.cells[0]),
        figures=day.figures(whole, filled=True),
        late=day.figures(late, signed=True),
        total=day.figures(total),
        faults=faults,
    )
    _close(day, whole, handed.figures)
    _close(day, total, handed.total)
    _read_units(open_sheet(path, word("report.units"), faults), handed)
    _read_villages(open_sheet(path, word("report.villages"), faults), handed)
    _read_grades(open_sheet(path, word("report.grades"), faults), handed)
    notes = open_sheet(path, word("report.notes"), faults)
    handed.words = {str(r.cells[0]): str(r.cells[1]) for r in notes.rows if r.cells[1:]}
    return handed


def _items() -> list[list[str]]:
    return [[word(f"report.{it}")] for it in ("whole", "supplement", "total")]


def _day(text: Any) -> date:  # noqa: ANN401
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise Refused(
            mark("A4 单元格的日期读不出来，写成 2026-11-23 这样。")
        ) from error


def _read_units(sheet: Sheet, handed: Handed) -> None:
    """Each unit, the county's own row, and 合计, which is the day."""
    sums: dict[str, int] = {}
    for row in sheet.rows[:-1]:
        figures = sheet.figures(row)
        code, name, state = (str(cell or "") for cell in row.cells[:3])
        if name == word("report.own"):
            handed.own = figures
        else:
            handed.units[code], handed.names[code] = figures, name
            if state == word("report.missing"):
                handed.missing.append(code)
        for key, n in figures.items():
            sums[key] = sums.get(key, 0) + n
    if sheet.rows:
        _equal(sheet, sheet.rows[-1], sums, handed)


def _read_villages(sheet: Sheet, handed: Handed) -> None:
    """Villages and subtotals; each subtotal is the sum of its villages."""
    for row in sheet.rows[:-1]:
        code, figures = str(row.cells[0]), sheet.figures(row)
        handed.village_names[code] = str(row.cells[1])
        if row.cells[2] == word("figure.subtotal"):
            inside = (n for c, n in handed.villages.items() if c.startswith(code))
            _summed(sheet, row, figures, list(inside))
        else:
            handed.villages[code] = figures
    if sheet.rows:
        last = sheet.rows[-1]
        _summed(sheet, last, sheet.figures(last), list(handed.villages.values()))
        _equal(sheet, last, None, handed)


def _read_grades(sheet: Sheet, handed: Handed) -> None:
    names = {word(f"category_{n}"): n for n in range(1, 8)}
    for row in sheet.rows[:-1]:
        category, grade, *pair = row.cells[:4]
        figures = sheet.figures(row)
        if len(figures) == len(pair) and category in names:
            key = f"{names[category]}-{grade}"
            handed.grades[key] = [figures["holders"], figures["contacted"]]
    if sheet.rows:
        _equal(sheet, sheet.rows[-1], None, handed)


def _summed(
    sheet: Sheet, row: Row, figures: dict[str, int], parts: list[dict[str, int]]
) -> None:
    for key in SOUND:
        sum_ = sum(part.get(key, 0) for part in parts)
        if key in figures and figures[key] != sum_:
            sheet.fault(sheet.cell(row, key), _SUM, whole=figures[key], sum=sum_)


def _equal(sheet: Sheet, row: Row, sums: dict[str, int] | None, handed: Handed) -> None:
    """A 合计 row is the sum of its rows, and the day's figure on the first sheet."""
    for key, n in sheet.figures(row).items():
        if sums is not None and n != sums.get(key, 0):
            sheet.fault(sheet.cell(row, key), _SUM, whole=n, sum=sums.get(key, 0))
        elif n != handed.figures.get(key, n):
            sheet.fault(
                sheet.cell(row, key), _DIFFERS, found=n, wanted=handed.figures[key]
            )


def _close(sheet: Sheet, row: Row, figures: dict[str, int]) -> None:
    for closing in _broken(CLOSINGS, figures):
        sum_ = sum(figures[part] for part in closing.parts)
        cell = sheet.cell(row, closing.whole)
        sheet.fault(cell, closing.sentence, sum=sum_, whole=figures[closing.whole])


def _broken(closings: Sequence[Closing], figures: dict[str, int]) -> Iterator[Closing]:
    return (closing for closing in closings if not closing.holds(figures))
