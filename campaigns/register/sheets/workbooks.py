"""Workbooks: looked through before they are unpacked, then read by calamine."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from campaigns.register.sheets.limits import COLUMNS, ROWS, Refusal, cut
from campaigns.register.sheets.sheet_xml import (
    Marks,
    defines_entities,
    part_of,
    read_marks,
)
from campaigns.register.sheets.texts import described

_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""What the standard library raises for archives that are damaged or locked."""
_ENTRIES = 2_000
_UNPACKED = 400 << 20
_RATIO = 100
_RATIO_FROM = 10 << 20


def open_workbook(
    path: str, kind: str, wanted: str = ""
) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """What is known of a workbook, and the rows of its longest visible sheet.

    ``kind`` is zip or ole; ``wanted`` is the name of the sheet to read instead.
    Raises Refusal.
    """
    marks = _checked(path) if kind == "zip" else {}
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [s for s in book.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]
        seen = [s.name for s in sheets if s.visible is SheetVisibleEnum.Visible]
        hidden = [s.name for s in sheets if s.visible is not SheetVisibleEnum.Visible]
        if not seen:
            raise Refusal("empty")
        if wanted and wanted not in seen:
            raise Refusal("no_sheet", sheet=wanted)
        sheet, others = _longest(book, [wanted] if wanted else seen)
    except PasswordError as error:
        raise Refusal("password") from error
    except CalamineError as error:
        raise Refusal("corrupt") from error
    left = sheet.start[1] if sheet.start else 0
    if left + sheet.width > COLUMNS:
        raise Refusal("too_many_columns", most=COLUMNS)
    own = _marks_of(path, sheet.name, marks)
    about = described(
        sheet=sheet.name,
        others=others,
        hidden=hidden,
        rows=sheet.total_height + 1,
        merged=_merged(sheet),
        hidden_rows=sorted(own.hidden),
        formulas=sorted(own.formulas),
    )
    return about, _cells(sheet, left, own.errors)


def _marks_of(path: str, sheet: str, marks: dict[str, Marks]) -> Marks:
    if not marks:
        return Marks()
    with zipfile.ZipFile(path) as archive:
        return marks.get(part_of(archive, sheet) or "", Marks())


def _longest(book: Any, names: list[str]) -> tuple[Any, list[str]]:  # noqa: ANN401
    """The sheet with most rows, the first of equals, and the names of the others."""
    sheets = [book.get_sheet_by_name(name) for name in names]
    sheet = max(sheets, key=lambda each: each.total_height)
    return sheet, [s.name for s in sheets if s is not sheet and s.height]


def _merged(sheet: Any) -> list[list[int]]:  # noqa: ANN401
    ranges = (sheet.merged_cell_ranges or [])[: ROWS * 2]
    return [[*begin, *end] for begin, end in ranges]


def _cells(
    sheet: Any,  # noqa: ANN401
    left: int,
    errors: dict[int, dict[int, str]],
) -> Iterator[list[Any]]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [""] * left + [_plain(cell) for cell in row]
        for column, error in errors.get(number, {}).items():
            if column < len(cells):
                cells[column] = error
        yield cells


def _plain(cell: Any) -> Any:  # noqa: ANN401
    if isinstance(cell, str):
        return cut(cell)
    if isinstance(cell, int | float) or cell is None:
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _checked(path: str) -> dict[str, Marks]:
    """Refuse what an archive must not be, before anything is unpacked into cells."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive.infolist())
            _check_names(archive.infolist())
            if defines_entities(archive):
                raise Refusal("entities")
            return read_marks(archive)
    except (*_BROKEN, OSError, ValueError) as error:
        raise Refusal("corrupt") from error


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > _ENTRIES
        or unpacked > _UNPACKED
        or (unpacked > _RATIO_FROM and unpacked / packed > _RATIO)
    ):
        raise Refusal("bomb")


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if len(names) < len(entries) or any(map(_strange, entries)):
        raise Refusal("corrupt")
    if "xl/vbaProject.bin" in names:
        raise Refusal("macro")
    if "xl/workbook.bin" in names:
        raise Refusal("xlsb")
    if not {"xl/workbook.xml", "content.xml"} & names:
        raise Refusal("not_a_table")


def _strange(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    return link or ".." in parts or parts[0] == ""
