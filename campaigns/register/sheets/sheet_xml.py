"""What an .xlsx says of its cells and rows that calamine does not tell.

Formula errors, and formulas that nobody calculated, come from calamine as empty cells:
taken for empty, a phone that reads #N/A would look like a person without one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaigns.register.sheets.limits import ROWS, ROWS_ABOVE, Refusal

NO_RESULT = "#公式"
"""Stands in a cell whose formula has no result."""

_CHUNK = 1 << 20
_OVERLAP = 3_000
_MOST = 10_000
_PROLOGUE = 2_000
_SHEET = re.compile(rb'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_PART = re.compile(rb"<Relationship [^>]*>")
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*? t="e"[^>]*>.{0,800}?<v>(#[^<]{1,10})</v>',
    re.DOTALL,
)
_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(.{0,2000}?)</c>', re.DOTALL
)
_ADDRESS = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
_HIDDEN = re.compile(rb'<row r="(\d{1,7})"[^>]*? hidden="(?:1|true)"')
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(slots=True)
class Marks:
    """Row (from 1) to column (from 0) to the error shown; and what is only told.

    ``formulas`` are columns (from 0) that hold calculated results, ``hidden`` the
    rows (from 1) that nobody sees: hidden by hand, or by a filter.
    """

    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    formulas: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)

    def put(self, column: int, row: bytes, error: str) -> None:
        """Note an error, unless there are more than anybody would mend."""
        if len(self.errors) < _MOST:
            self.errors.setdefault(int(row), {})[column] = error


def read_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of every sheet, by the name of its part. Raises Refusal.

    A sheet that reaches too far down is refused here, where that costs a second:
    unpacked into cells it would cost the memory of all of them.
    """
    found: dict[str, Marks] = {}
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            marks = found[name] = Marks()
            for data in _pieces(archive, name):
                _read(marks, data)
                if _deepest(data) > ROWS + ROWS_ABOVE:
                    raise Refusal("too_many_rows", most=ROWS)
    return found


def defines_entities(archive: zipfile.ZipFile) -> bool:
    """Whether any part begins with definitions, which no spreadsheet writes."""
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as file:
                head = file.read(_PROLOGUE).replace(b"\x00", b"")
            if _ENTITIES.search(head):
                return True
    return False


def part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The name of the part that holds ``sheet``, or None."""
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


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part piece by piece; what lies on a seam is seen twice, without harm."""
    with archive.open(part) as file:
        tail = b""
        while piece := file.read(_CHUNK):
            data = tail + piece
            tail = data[-_OVERLAP:]
            yield data


def _read(marks: Marks, data: bytes) -> None:
    if b't="e"' in data:
        for match in _ERROR.finditer(data):
            marks.put(_column(match[1]), match[2], match[3].decode())
    if b"<f" in data:
        for match in _FORMULA.finditer(data):
            column = _column(match[1])
            if re.search(rb"<v>[^<]", match[3]):
                marks.formulas.add(column)
            else:
                marks.put(column, match[2], NO_RESULT)
    if b' hidden="' in data:
        marks.hidden.update(int(row) for row in _HIDDEN.findall(data))


def _deepest(data: bytes) -> int:
    """The row of the last cell with something in it; 0 where there is none."""
    filled = max(data.rfind(b"<v>"), data.rfind(b"<is>"))
    begin = data.rfind(b'<c r="', 0, max(filled, 0))
    row = _ADDRESS.match(data, begin) if begin >= 0 else None
    return int(row[1]) if row else 0


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
