"""Formula errors of an .xlsx, which calamine gives as empty cells.

Taken for empty, a phone that reads #N/A would look like a person without one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

_CHUNK = 1 << 20
_OVERLAP = 2_000
_MOST = 10_000
_SHEET = re.compile(rb'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_PART = re.compile(rb"<Relationship [^>]*>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*? t="e"[^>]*>.{0,800}?<v>(#[^<]{1,10})</v>',
    re.DOTALL,
)


def error_cells(path: str, sheet: str) -> dict[int, dict[int, str]]:
    """Row (from 1) to column (from 0) to the error shown, of one sheet."""
    found: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, sheet)
        if part is None:
            return found
        for letters, row, error in _matches(archive, part):
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            found.setdefault(int(row), {})[column - 1] = error.decode()
    return found


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return None
    sheets = dict(_SHEET.findall(archive.read("xl/workbook.xml")))
    wanted = sheets.get(_escaped(sheet))
    for relation in _PART.findall(archive.read("xl/_rels/workbook.xml.rels")):
        target = re.search(rb'Target="/?(?:xl/)?([^"]*)"', relation)
        if wanted and b'Id="' + wanted + b'"' in relation and target:
            part = f"xl/{target[1].decode()}"
            return part if part in names else None
    return None


def _escaped(name: str) -> bytes:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        name = name.replace(sign, entity)
    return name.encode()


def _matches(
    archive: zipfile.ZipFile, part: str
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Matches piece by piece; one on a seam is seen twice, which does no harm."""
    total = 0
    with archive.open(part) as file:
        tail = b""
        while piece := file.read(_CHUNK):
            data = tail + piece
            tail = data[-_OVERLAP:]
            if b't="e"' not in data:
                continue
            for match in _CELL.finditer(data):
                total += 1
                if total > _MOST:
                    return
                yield match[1], match[2], match[3]
