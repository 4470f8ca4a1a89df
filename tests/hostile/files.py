"""Files that hurt, made when a test asks for them; none lies in the repository."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import openpyxl
import xlsxwriter
from lists import HEADINGS, certificate, person

ROWS = [HEADINGS, person(1), person(2)]


def as_csv(rows: Sequence[Sequence[Any]] = ROWS, encoding: str = "utf-8") -> bytes:
    """A CSV file of these rows."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(
    rows: Sequence[Sequence[Any]] = ROWS,
    change: Callable[[Any], object] | None = None,
) -> bytes:
    """A workbook of these rows; ``change`` is given the sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book.active)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def written(write: Callable[[Any, Any], object], **options: Any) -> bytes:
    """A workbook as XlsxWriter makes it, with ``ROWS`` and what ``write`` adds."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(ROWS):
            sheet.write_row(at, 0, row)
        write(book, sheet)
    return kept.getvalue()


def parts(book: bytes) -> dict[str, bytes]:
    """A workbook's entries."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries: Mapping[str, bytes | str], level: int = 6) -> bytes:
    """An archive of these entries."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return kept.getvalue()


def replaced(book: bytes, name: str, *pairs: tuple[str, str]) -> bytes:
    """A workbook with text of one entry replaced; each must have been there."""
    entries = parts(book)
    text = entries[name].decode()
    for old, new in pairs:
        assert old in text, (old, text[:2000])
        text = text.replace(old, new)
    return zipped({**entries, name: text})


def with_entries(book: bytes, **more: bytes | str) -> bytes:
    """A workbook with entries added."""
    return zipped({**parts(book), **more})


def swollen(size: int) -> bytes:
    """Deflated data of ``size`` bytes of x, made without compressing them all."""
    step = 1 << 20
    pump = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = pump.compress(b"x" * step) + pump.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return block * (size // step) + end


def lying(book: bytes, name: str, deflated: bytes, said: int) -> bytes:
    """A workbook with one more entry that claims to unpack to ``said`` bytes."""
    marker = b"~" * 64
    entries = {n: d for n, d in parts(book).items() if n != name}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for other, data in entries.items():
            file.writestr(other, data)
        file.writestr(name, marker, zipfile.ZIP_STORED)
    data = kept.getvalue()
    begin = data.index(marker)
    local = data.rindex(b"PK\x03\x04", 0, begin)
    grown = len(deflated) - len(marker)
    head = bytearray(data[local:begin])
    struct.pack_into("<H", head, 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<II", head, 18, len(deflated), said)
    rest = bytearray(data[begin + len(marker) :])
    entry = rest.rindex(b"PK\x01\x02")
    struct.pack_into("<H", rest, entry + 10, zipfile.ZIP_DEFLATED)
    struct.pack_into("<II", rest, entry + 20, len(deflated), said)
    end = rest.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<I", rest, end + 16)
    struct.pack_into("<I", rest, end + 16, offset + grown)
    return data[:local] + bytes(head) + deflated + bytes(rest)


def sheet_of(rows: str) -> bytes:
    """The XML of a sheet from that of its rows."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    inner = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    return f'<?xml version="1.0"?>{inner}'.encode()


def cell(address: str, text: str) -> str:
    """A cell with its text in it."""
    escaped = re.sub("[&<>]", lambda m: f"&#{ord(m[0])};", text)
    return f'<c r="{address}" t="inlineStr"><is><t>{escaped}</t></is></c>'


def with_sheet(sheet: bytes, level: int = 1) -> bytes:
    """A workbook whose one sheet is this XML."""
    return zipped({**parts(as_xlsx()), "xl/worksheets/sheet1.xml": sheet}, level)


def one_of_many(n: int) -> list[str]:
    """The ``n``th of any number of different people."""
    born = date(1950, 1, 1) + timedelta(days=n // 1000)
    return person(n % 1000, certificate=certificate(n % 1000, born=f"{born:%Y%m%d}"))


def sheet_row(number: int, cells: Sequence[str]) -> str:
    """A row of a sheet's XML."""
    pairs = zip("ABCDEFGHIJ", cells, strict=False)
    inner = "".join(cell(f"{letter}{number}", text) for letter, text in pairs)
    return f'<row r="{number}">{inner}</row>'


def long_list(people: int) -> bytes:
    """A workbook of so many different people, written quickly."""
    rows = sheet_row(1, HEADINGS), *_many(people - people % 10)
    rest = (sheet_row(n + 1, one_of_many(n)) for n in range(len(rows), people + 1))
    return with_sheet(sheet_of("".join([*rows, *rest])))


@lru_cache(1)
def _many(people: int) -> list[str]:
    return [sheet_row(at + 1, one_of_many(at)) for at in range(1, people + 1)]


def endless_list(rows: int) -> bytes:
    """A workbook of so many rows of one cell, written piece by piece."""
    one = '<row r="%d"><c r="A%d" t="inlineStr"><is><t>测试</t></is></c></row>'
    begin, end = sheet_of("|").split(b"|")
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts(as_xlsx()).items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, data)
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            file.write(begin)
            for first in range(1, rows, 10_000):
                piece = (one % (n, n) for n in range(first, first + 10_000))
                file.write("".join(piece).encode())
            file.write(end)
    return kept.getvalue()
