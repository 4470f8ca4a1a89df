"""Files of a campaign's figures: a workbook to print and stamp, and CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from campaigns.fieldwork.answering import Answers
from campaigns.reporting.definitions import DEFINITIONS
from campaigns.reporting.paragraph import paragraph
from campaigns.reporting.report_tables import report_tables
from campaigns.reporting.sheets import Formats, Heading, snapshot, write_sheet
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.reporting.tables import Table, Value
from campaigns.words import word

ENCODINGS = ("gb18030", "utf-8-sig")
"""What old and new spreadsheet programs open without being asked."""

_DANGEROUS = tuple("=+-@＝＋－＠\t\r\n\x00")


def write_workbook(  # noqa: PLR0913 - what, where to, whose, and in which language
    statistics: CampaignStatistics,
    to: Path | BinaryIO,
    *,
    unit: str,
    names: Mapping[str, str],
    language: str = "zh",
    translate: Callable[[str], str] = str,
    answers: Iterable[Answers] = (),
) -> None:
    """Write every table and the definitions as an XLSX file.

    ``names`` are place names by code, ``translate`` turns a definition's sentence into
    ``language``, and ``answers`` are its replies.
    """
    heading = heading_of(statistics, unit, language)
    with xlsxwriter.Workbook(to, {"in_memory": True}) as workbook:
        formats = Formats.of(workbook)
        for table in report_tables(statistics, names, language, answers).values():
            write_sheet(workbook, formats, heading, *table.parts)
        write_sheet(
            workbook,
            formats,
            heading,
            word("figure.definitions", language),
            (word("figure.item", language), word("figure.definitions", language)),
            _definitions(statistics, language, translate),
        )


def csv_bytes(table: Table, encoding: str = "gb18030") -> bytes:
    """One table as CSV in one of ``ENCODINGS``; no cell can become a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in (table.header, *table.lines):
        writer.writerow([safe(value) for value in row])
    return text.getvalue().encode(encoding)


def safe(value: Value) -> Value:
    """A cell that a spreadsheet program shows and does not compute."""
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    return value


def heading_of(
    statistics: CampaignStatistics, unit: str, language: str = "zh"
) -> Heading:
    """The lines above a campaign's tables."""
    title = f"{statistics.name} {word('report_campaign', language)}"
    return Heading(title.strip(), unit, _as_of(statistics, language), language)


def _as_of(statistics: CampaignStatistics, language: str) -> str:
    if statistics.as_of is None:
        return ""
    return snapshot(statistics.as_of, language)


def _definitions(
    statistics: CampaignStatistics, language: str, translate: Callable[[str], str]
) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = [
        (word("report_summary", language), paragraph(statistics, language))
    ]
    pairs = DEFINITIONS.items()
    return rows + [(word(code, language), translate(text)) for code, text in pairs]
