"""The play log as the form that inspectors ask for: 播出登记表, one line a playing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from campaigns.fieldwork.village_pages import LogRow
from campaigns.reporting.sheets import Formats, Heading, write_sheet
from campaigns.reporting.tables import Table, Value
from campaigns.shanghai import SHANGHAI
from campaigns.words import word

_HEADER = (
    "report.day",
    "log.slot",
    "serial",
    "township",
    "village",
    "log.programme",
    "source",
    "log.language",
    "log.seconds",
    "repeats",
    "log.began",
    "log.means",
    "log.volume",
    "log.duty",
    "log.approved",
    "log.equipment",
    "log.feedback",
    "daily.remarks",
)
_WIDTH = len(_HEADER)
_VOLUME = "60%"


def play_log(rows: Iterable[LogRow], language: str = "zh") -> Table:
    """A line for each slot that was played, and for each that was missed with why.

    What nobody told stays empty, to be written by hand before it is signed.
    """
    say = partial(word, language=language)
    lines: list[tuple[Value, ...]] = []
    for row in _last_word(rows):
        for slot in row.details.get("slots") or [""]:
            lines.append(_line(len(lines) + 1, row, slot, say))
    played = [line for line in lines if line[1]]
    total: list[Value] = [""] * _WIDTH
    total[0], total[1] = say("figure.total"), len(played)
    total[9] = sum(int(line[9]) for line in played)
    header = tuple(say(code) for code in _HEADER)
    return Table(say("play_log"), header, tuple(lines), tuple(total))


def write_play_log(  # noqa: PLR0913 - what, where to, whose, of when
    rows: Iterable[LogRow],
    to: Path | BinaryIO,
    *,
    unit: str,
    since: date,
    until: date,
    language: str = "zh",
) -> None:
    """Write the log of ``since`` to ``until`` as a workbook to print and sign."""
    table = play_log(rows, language)
    title = f"{unit} {word('play_log', language)}"
    heading = Heading(title, unit, f"{since:%Y-%m-%d} – {until:%Y-%m-%d}", language)
    with xlsxwriter.Workbook(to, {"in_memory": True}) as workbook:
        formats = Formats.of(workbook)
        parts = (table.name, table.header, table.rows, table.total)
        write_sheet(workbook, formats, heading, *parts)


def _last_word(rows: Iterable[LogRow]) -> list[LogRow]:
    """A day that is told again counts once, as it was told last."""
    told: dict[Any, LogRow] = {}
    for row in rows:
        if row.deed in {"played", "missed"}:
            key = (row.township_name, row.village_name, row.title, row.deed)
            told[(*key, row.details.get("day") or row.at)] = row
    return sorted(told.values(), key=lambda it: (_day(it), it.township_name, it.at))


def _line(
    number: int,
    row: LogRow,
    slot: str,
    say: partial[str],
) -> tuple[Value, ...]:
    details: Mapping[str, Any] = row.details
    played = row.deed == "played"
    reason = say(f"missed.{details['reason']}") if details.get("reason") else ""
    means = say(f"means.{details['means']}") if details.get("means") else ""
    return (
        _day(row),
        slot,
        number,
        row.township_name,
        row.village_name,
        row.title,
        row.source,
        say("log.mandarin"),
        round(row.seconds) if row.seconds else "",
        int(details.get("repeats", 0)) if played else 0,
        slot,
        means,
        _VOLUME if played else "",
        row.actor,
        row.signed_by,
        reason,
        "",
        details.get("remark", ""),
    )


def _day(row: LogRow) -> str:
    return str(row.details.get("day") or f"{row.at.astimezone(SHANGHAI):%Y-%m-%d}")
