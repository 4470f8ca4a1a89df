"""The daily report as the workbook that an office prints, stamps and hands upwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from campaigns.reporting.daily.filing import WORDS
from campaigns.reporting.daily.models import DailyReport
from campaigns.reporting.daily.sheet_rows import day_blocks, sheets
from campaigns.reporting.sheets import Formats, Heading, write_blocks, write_sheet
from campaigns.reporting.tables import Table, Value
from campaigns.shanghai import SHANGHAI
from campaigns.words import word

SAID = {
    "incidents": "report.incidents",
    "examples": "daily.examples",
    "remarks": "daily.remarks",
    "duty": "daily.duty",
    "filled_by": "filled_by",
    "phone": "daily.phone",
    "signed_by": "signed_by",
}


def write_daily(
    report: DailyReport, to: Path | BinaryIO, unit_name: str, language: str = "zh"
) -> None:
    """Write ``report`` as it was frozen: the day, its units, villages and grades.

    First the page that is stamped, its figures in blocks one below another; then the
    day in one row, as a city reads it back, and the sheets of its parts. Codes are
    text, every table has its title, a total and a place for the stamp, and prints on
    A4 landscape. What a city reads back is written in Chinese alone.
    """
    heading = _heading(report, unit_name, language)
    with xlsxwriter.Workbook(to, {"in_memory": True}) as workbook:
        formats = Formats.of(workbook)
        page = word("report.page", language)
        blocks = day_blocks(report, language)
        said = _said(report, language)
        write_blocks(workbook, formats, heading, page, blocks, said)
        for table in (*sheets(report, unit_name, language), _notes(report, language)):
            write_sheet(workbook, formats, heading, *table.parts)


def file_name(report: DailyReport, unit_name: str) -> str:
    """Such as 20261123_合江县残联_日报_v1.xlsx."""
    kind = word("daily_report")
    return f"{report.day:%Y%m%d}_{unit_name}_{kind}_v{report.version}.xlsx"


def _heading(report: DailyReport, unit_name: str, language: str) -> Heading:
    say = partial(word, language=language)
    until = report.until.astimezone(SHANGHAI)
    title = f"{unit_name} {say('daily_report')} {report.day:%Y-%m-%d} v{report.version}"
    as_of = f"{say('snapshot')} {until:%Y-%m-%d %H:%M}"
    if report.minutes_late:
        as_of += f"    {say('report.late')} {report.minutes_late} min"
    return Heading(
        title,
        unit_name,
        as_of,
        language,
        report.words.get("filled_by", ""),
        report.words.get("signed_by", ""),
    )


_ON_THE_PAGE = ("incidents", "examples", "remarks", "duty", "phone")
"""What is said in words and stands on the page itself, above the signatures."""


def _said(report: DailyReport, language: str) -> list[str]:
    say = partial(word, language=language)
    told = [f"{say(SAID[key])}：{report.words.get(key, '')}" for key in _ON_THE_PAGE]
    due, filed = report.lower.get("due", 0), report.lower.get("filed", 0)
    if due:
        told.insert(0, f"{say('daily.lower')}：{say('daily.filed')} {filed} / {due}")
    return told


def _notes(report: DailyReport, language: str) -> Table:
    """What was said in words, and how the units below stand."""
    say = partial(word, language=language)
    rows: list[tuple[Value, ...]] = [
        (say(SAID[key]), report.words.get(key, "")) for key in WORDS
    ]
    lower = report.lower
    names = report.parts.get("names", {})
    rows += [
        (say("daily.due"), lower.get("due", 0)),
        (say("daily.filed"), lower.get("filed", 0)),
        (say("report.zero"), lower.get("zero", 0)),
        (say("report.late"), lower.get("late", 0)),
        (
            say("report.missing"),
            "、".join(names.get(code, code) for code in lower.get("missing", ())),
        ),
        (say("reason"), report.reason or report.excuse or report.called_by),
    ]
    header = (say("figure.item"), say("figure.definitions"))
    return Table(say("report.notes"), header, tuple(rows))
