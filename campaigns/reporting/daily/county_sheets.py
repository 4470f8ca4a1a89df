"""One sheet of a workbook that was handed in: rows, figures, and faults by cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns.errors import CampaignError, Refused, mark
from campaigns.register.sheets.reading import open_table
from campaigns.reporting.daily.columns import COLUMNS
from campaigns.words import word

_HEADER = 3
"""Row of the headings, from 1: title and unit stand above."""

_CODES = {word(column.code): column.key for column in COLUMNS}
_LETTERS = 26
_NO_NUMBER = mark("%(cell)s 单元格应当是整数，现在是“%(found)s”。")
_NEGATIVE = mark("%(cell)s 单元格是负数，只有补报可以是负数。")
_BLANK = mark("%(cell)s 单元格空着。没有就写 0，不能不填。")


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not add up, by its sheet and cell, as a sentence."""

    sheet: str
    cell: str
    error: CampaignError


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet with its number, from 1."""

    number: int
    cells: list[Any]


@dataclass(slots=True)
class Sheet:
    """One sheet: its headings, and its rows until the empty one above the stamp."""

    name: str
    header: list[str]
    rows: list[Row]
    faults: list[Fault]

    def figures(
        self, row: Row, *, signed: bool = False, filled: bool = False
    ) -> dict[str, int]:
        """The row's figures by column; each that is none is noted as a fault."""
        found: dict[str, int] = {}
        for place, title in enumerate(self.header):
            key = _CODES.get(title)
            if key is None:
                continue
            value = row.cells[place] if place < len(row.cells) else None
            number = self._number(row, place, value, signed=signed, filled=filled)
            if number is not None:
                found[key] = number
        return found

    def cell(self, row: Row, key: str) -> str:
        """The address of a figure, such as F4."""
        place = next(
            n for n, title in enumerate(self.header) if _CODES.get(title) == key
        )
        return f"{_letter(place)}{row.number}"

    def fault(self, cell: str, sentence: str, **values: object) -> None:
        """Note what is wrong."""
        error = Refused(sentence, "", cell=cell, **values)
        self.faults.append(Fault(self.name, cell, error))

    def _number(
        self,
        row: Row,
        place: int,
        value: Any,  # noqa: ANN401
        *,
        signed: bool,
        filled: bool,
    ) -> int | None:
        cell = f"{_letter(place)}{row.number}"
        if value in {None, ""}:
            if filled:
                self.fault(cell, _BLANK)
            return None
        if value == word("report.unfilled"):
            return None
        whole = isinstance(value, int | float) and not isinstance(value, bool)
        if not whole or value != int(value):
            self.fault(cell, _NO_NUMBER, found=str(value)[:20])
            return None
        if value < 0 and not signed:
            self.fault(cell, _NEGATIVE)
        return int(value)


def open_sheet(path: Path, name: str, faults: list[Fault]) -> Sheet:
    """Read one sheet of ``path``; what is wrong is added to ``faults``. Unreadable."""
    with open_table(path, name) as table:
        rows = [Row(number, cells) for number, cells in enumerate(table.rows, 1)]
    below = [row for row in rows if row.number > _HEADER]
    # The stamp's row stands below an empty one.
    ends = next((n for n, row in enumerate(below) if not any(row.cells)), len(below))
    header = rows[_HEADER - 1].cells if len(rows) >= _HEADER else []
    return Sheet(name, [str(cell) for cell in header], below[:ends], faults)


def _letter(place: int) -> str:
    high, low = divmod(place, _LETTERS)
    return (chr(ord("A") + high - 1) if high else "") + chr(ord("A") + low)
