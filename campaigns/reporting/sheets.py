"""Workbooks as offices print and stamp them: title, unit and date, header, total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from campaigns.register.sheets.printing import height, set_up_page, widths
from campaigns.reporting.tables import Table, Value
from campaigns.shanghai import SHANGHAI
from campaigns.words import word

_FONT = "仿宋"
_NARROW = 12
_TALL = 32
"""Points of the title's row."""
_TITLE, _UNIT, _HEADER, _FIRST = range(4)


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above every table, and who fills in and signs below it.

    ``mark`` stands beside the unit and below every page that is printed.
    """

    title: str
    unit: str
    as_of: str
    language: str = "zh"
    filled_by: str = ""
    signed_by: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Formats:
    """Cell formats of one workbook.

    ``rows`` and ``total`` are those of text, of a share, a number and of money.
    """

    title: Any
    plain: Any
    header: Any
    rows: tuple[Any, ...]
    total: tuple[Any, ...]

    @classmethod
    def of(cls, workbook: Any) -> Formats:  # noqa: ANN401 - XlsxWriter has no types
        """Make the formats; a workbook's formats are its own."""

        def made(**properties: Any) -> Any:  # noqa: ANN401
            base = {"font_name": _FONT, "font_size": 12, "valign": "vcenter"}
            return workbook.add_format({**base, **properties})

        kinds: tuple[dict[str, str], ...] = (
            {},
            {"align": "right"},
            {"num_format": "#,##0"},
            {"num_format": "#,##0.00"},
        )
        framed = {"border": 1, "text_wrap": True}
        strong = {"bold": True, **framed}
        return cls(
            title=made(bold=True, font_size=18, align="center"),
            plain=made(),
            header=made(align="center", **strong),
            rows=tuple(made(**framed, **kind) for kind in kinds),
            total=tuple(made(**strong, **kind) for kind in kinds),
        )


def minute(moment: datetime | None) -> str:
    """Day and minute in Shanghai; empty where there is none."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def snapshot(moment: datetime, language: str = "zh") -> str:
    """That the figures stand as of ``moment``."""
    return f"{word('snapshot', language)} {minute(moment)}"


def write_list(
    table: Table, to: Path | BinaryIO, *, unit: str, now: datetime, language: str = "zh"
) -> None:
    """Write a unit's list, one table, as a workbook to print and stamp."""
    title = f"{unit} {table.name}"
    heading = Heading(title, unit, snapshot(now, language), language)
    with xlsxwriter.Workbook(to, {"in_memory": True}) as workbook:
        parts = (table.name, table.header, table.rows, table.total)
        write_sheet(workbook, Formats.of(workbook), heading, *parts)


def write_sheet(  # noqa: PLR0913, PLR0917 - a sheet has these parts
    workbook: Any,  # noqa: ANN401
    formats: Formats,
    heading: Heading,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Value]],
    total: Sequence[Value] | None = None,
    named: int = 1,
) -> None:
    """Write one sheet row by row, so that a long one needs no memory.

    The first ``named`` columns say what a row is of. Text is always written as text: a
    name that begins with ``=`` is no formula, and an ID number keeps its digits.
    """
    sheet = workbook.add_worksheet(name[:31])
    width = len(header)
    # A list that is read in pages is not read twice: its heads are wide enough.
    seen = [*rows, *([total] if total else [])] if isinstance(rows, Sequence) else []
    columns = _columns(header, seen)
    set_up_page(sheet, _FIRST, heading.mark, columns, named)
    sheet.freeze_panes(_FIRST, named)
    _begin(sheet, columns, heading, formats)
    _headings(sheet, _HEADER, header, columns, formats)
    row = _HEADER
    for row, values in enumerate(rows, _FIRST):
        sheet.set_row(row, height(values, columns))
        _write(sheet, row, values, formats)
    if total is not None:
        row += 1
        sheet.set_row(row, height(total, columns))
        _write(sheet, row, total, formats, total=True)
    _sign(sheet, row + 2, width, heading, formats)


def write_blocks(  # noqa: PLR0913, PLR0917 - a sheet has these parts
    workbook: Any,  # noqa: ANN401
    formats: Formats,
    heading: Heading,
    name: str,
    blocks: Sequence[Table],
    notes: Sequence[str],
) -> None:
    """Write a single page: each block under the other, then notes, then who signs it.

    A block's name stands over its first column.
    """
    sheet = workbook.add_worksheet(name[:31])
    width = max(len(block.header) for block in blocks)
    columns = [0] * width
    for block in blocks:
        found = widths((block.name, *block.header[1:]), block.rows)
        columns[: len(found)] = map(max, found, columns)
    set_up_page(sheet, _HEADER, heading.mark, columns)
    sheet.fit_to_pages(1, 1)
    _begin(sheet, columns, heading, formats)
    row = _HEADER
    for block in blocks:
        _headings(sheet, row, (block.name, *block.header[1:]), columns, formats)
        for row, values in enumerate(block.rows, row + 1):  # noqa: B020
            sheet.set_row(row, height(values, columns))
            _write(sheet, row, values, formats)
        row += 2
    for row, text in enumerate(notes, row):  # noqa: B020
        _merge(sheet, row, width, text, formats.rows[0])
        sheet.set_row(row, height([text], [sum(columns)]))
    _sign(sheet, row + 2, width, heading, formats)


def _begin(
    sheet: Any,  # noqa: ANN401
    columns: Sequence[int],
    heading: Heading,
    formats: Formats,
) -> None:
    """Title, unit and date above, each as wide as the table."""
    for column, width in enumerate(columns):
        sheet.set_column(column, column, width)
    sheet.set_row(_TITLE, _TALL)
    _merge(sheet, _TITLE, len(columns), heading.title, formats.title)
    beside = " ".join(filter(None, (heading.as_of, heading.mark)))
    unit = word("unit_reporting", heading.language)
    line = f"{unit}：{heading.unit}    {beside}"
    _merge(sheet, _UNIT, len(columns), line, formats.plain)


def _headings(
    sheet: Any,  # noqa: ANN401
    row: int,
    header: Sequence[str],
    columns: Sequence[int],
    formats: Formats,
) -> None:
    sheet.set_row(row, height(header, columns))
    for column, text in enumerate(header):
        sheet.write_string(row, column, text, formats.header)


def _sign(
    sheet: Any,  # noqa: ANN401
    row: int,
    width: int,
    heading: Heading,
    formats: Formats,
) -> None:
    """Places for whoever filled it in, whoever checked it, and the stamp."""
    say = heading.language
    names = {
        "filled_by": heading.filled_by,
        "signed_by": heading.signed_by,
        "stamp": "",
    }
    signs = "        ".join(
        f"{word(code, say)}：{name}" for code, name in names.items()
    )
    _merge(sheet, row, width, signs, formats.plain)


def _columns(header: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[int]:
    if rows:
        return widths(header, rows)
    wide = ("0" * max(_NARROW, 2 * len(text) + 4) for text in header)
    return widths(header, [list(wide)])


def _merge(sheet: Any, row: int, width: int, text: str, form: Any) -> None:  # noqa: ANN401
    if width > 1:
        sheet.merge_range(row, 0, row, width - 1, "", form)
    sheet.write_string(row, 0, text, form)


def _write(
    sheet: Any,  # noqa: ANN401
    row: int,
    values: Sequence[Value],
    formats: Formats,
    *,
    total: bool = False,
) -> None:
    text, share, number, money = formats.total if total else formats.rows
    for column, value in enumerate(values):
        if isinstance(value, str):
            form = share if value.endswith("%") else text
            sheet.write_string(row, column, value, form)
        else:
            form = money if isinstance(value, float) else number
            sheet.write_number(row, column, value, form)
