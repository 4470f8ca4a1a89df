"""Reads one hostile file in a process of its own, with little memory and time.

Run by path, outside the package: it knows the standard library and calamine only, so
that it starts quickly and can do nothing but read. It writes lines
of JSON: one object about the sheet, then lists of rows, then ``{"end": true}``; or
``{"refused": code}`` with the values of that sentence.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import stat
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MEMORY = 512 << 20
SECONDS = 60
ROWS = 100_000
COLUMNS = 200
CELL = 2_000
BATCH = 500
_ENTRIES = 2_000
_UNPACKED = 400 << 20
_RATIO = 100
_RATIO_FROM = 10 << 20


class Refusal(Exception):
    """Why the file is not read: a code, and the values of its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        self.answer = {"refused": code, **values}
        super().__init__(code)


def main(path: str, kind: str) -> None:
    """Read the file at ``path``, which looks like ``kind``: zip, ole or text."""
    _limit()
    try:
        about, rows = _csv(path) if kind == "text" else _workbook(path, kind)
        _say(about)
        for batch in _batches(rows):
            _say(batch)
    except Refusal as refusal:
        _say(refusal.answer)
    except MemoryError:
        _say({"refused": "too_big"})
    else:
        _say({"end": True})


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _say(line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _batches(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    """Rows in lists of ``BATCH``, without the empty ones at the end of the file."""
    batch: list[list[Any]] = []
    empty = 0
    for number, row in enumerate(rows, 1):
        if all(cell in {"", None} for cell in row):
            empty += 1
            continue
        if number > ROWS + 100:
            raise Refusal("too_many_rows", most=ROWS)
        batch.extend([[]] * empty)
        empty = 0
        batch.append(row)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    yield batch


def _workbook(path: str, kind: str) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    if kind == "zip":
        _check_zip(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [s for s in book.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]
        seen = [s.name for s in sheets if s.visible is SheetVisibleEnum.Visible]
        hidden = [s.name for s in sheets if s.visible is not SheetVisibleEnum.Visible]
        if not seen:
            raise Refusal("empty")
        sheet, others = _longest(book, seen)
    except PasswordError as error:
        raise Refusal("password") from error
    except CalamineError as error:
        raise Refusal("corrupt") from error
    left = sheet.start[1] if sheet.start else 0
    if left + sheet.width > COLUMNS:
        raise Refusal("too_many_columns", most=COLUMNS)
    about = {
        "sheet": sheet.name,
        "others": others,
        "hidden": hidden,
        "rows": sheet.total_height + 1,
        "merged": _merged(sheet),
    }
    return about, _cells(sheet, left)


def _longest(book: Any, names: list[str]) -> tuple[Any, list[str]]:  # noqa: ANN401
    """The sheet with most rows, the first of equals, and the names of the others."""
    sheets = [book.get_sheet_by_name(name) for name in names]
    sheet = max(sheets, key=lambda each: each.total_height)
    return sheet, [s.name for s in sheets if s is not sheet and s.height]


def _merged(sheet: Any) -> list[list[int]]:  # noqa: ANN401
    ranges = (sheet.merged_cell_ranges or [])[: ROWS * 2]
    return [[*begin, *end] for begin, end in ranges]


def _cells(sheet: Any, left: int) -> Iterator[list[Any]]:  # noqa: ANN401
    for row in sheet.iter_rows():
        yield [""] * left + [_plain(cell) for cell in row]


def _plain(cell: Any) -> Any:  # noqa: ANN401
    if isinstance(cell, str):
        return cell if len(cell) <= CELL else cell[:CELL] + "\ufffd"
    if isinstance(cell, int | float) or cell is None:
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _check_zip(path: str) -> None:
    """Refuse archives that unpack to too much before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refusal("corrupt") from error
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(names) > _ENTRIES
        or unpacked > _UNPACKED
        or (unpacked > _RATIO_FROM and unpacked / packed > _RATIO)
    ):
        raise Refusal("bomb")
    if len(set(names)) < len(names) or any(map(_strange, entries)):
        raise Refusal("corrupt")
    if "xl/vbaProject.bin" in names:
        raise Refusal("macro")
    if "xl/workbook.bin" in names:
        raise Refusal("xlsb")
    if not {"xl/workbook.xml", "content.xml"} & set(names):
        raise Refusal("not_a_table")


def _strange(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    return link or ".." in parts or parts[0] == ""


def _csv(path: str) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    text = _decoded(Path(path).read_bytes())
    if not text.strip():
        raise Refusal("empty")
    rows = 1 + (text.count("\n") or text.count("\r"))
    about = {"sheet": "", "others": [], "hidden": [], "merged": [], "rows": rows}
    return about, _records(text)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Refusal("encoding")
    try:
        if data.startswith(b"\xef\xbb\xbf"):
            return data.decode("utf-8-sig")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
    except UnicodeDecodeError as error:
        _damaged(data, error.start)
    if b"\x00" in data:
        raise Refusal("encoding")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _chinese(data, error.start)


def _chinese(data: bytes, first_fault: int) -> str:
    """GB18030, unless most of the lines are UTF-8: then the file is damaged."""
    good = bad = 0
    for line in data.splitlines():
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    if good > max(2, bad // 5):
        _damaged(data, first_fault)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        _damaged(data, error.start)


def _damaged(data: bytes, place: int) -> NoReturn:
    raise Refusal("bad_text", row=len((data[:place] + b".").splitlines()))


def _records(text: str) -> Iterator[list[Any]]:
    csv.field_size_limit(CELL * 50)
    delimiter = max(",\t;|", key=text[:20_000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(row) > COLUMNS:
                raise Refusal("too_many_columns", most=COLUMNS)
            yield [_plain(cell) for cell in row]
    except csv.Error as error:
        raise Refusal("bad_csv", row=reader.line_num) from error


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
