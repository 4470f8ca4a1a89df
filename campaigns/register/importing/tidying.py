"""The data rows of a sheet: without blanks, totals and repeated headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from campaigns.errors import mark
from campaigns.register.importing.headings import LOOKED_AT, Header, find_header
from campaigns.register.sheets.limits import ROWS
from campaigns.register.sheets.reading import Table, refused
from campaigns.register.text_cells import compact

_TOTAL = re.compile(r"(?:[合总小共]计|[填制]表|审核|单位负责人|说明|注)[:：]?.*")
_FILLED = ("township", "village")
_KEYS = ("certificate", "id_number")
_ROWS_NAMED = 5
_LONG = 12
"""Shorter than this, what stands under the numbers may be a sum."""


class DataRows:
    """Iterates (row number from 1, cells) and counts what it left out or filled in."""

    def __init__(
        self, table: Table, chosen: dict[str, str] | None, header_row: int | None
    ) -> None:
        self._table = table
        self._head = list(islice(table.rows, LOOKED_AT))
        self.header: Header = find_header(
            self._head, table.merged, chosen=chosen, at=header_row
        )
        self._columns = self.header.by_field()
        self._above = self._merged_cells()
        self._tops: dict[tuple[int, int], Any] = {}
        self.rows = self.blank = self.filled = 0
        self.left_out: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Data rows in the order of the file. Raises Unreadable past the limit."""
        begin = self.header.row
        rest = chain(self._head[begin:], self._table.rows)
        for number, row in enumerate(rest, begin + 1):
            if not row:
                self.blank += 1
            elif self._is_total(row) or self._is_header(row):
                self.left_out.append(number)
            else:
                self.rows += 1
                if self.rows > ROWS:
                    raise refused("too_many_rows", most=ROWS)
                yield number, self._fill(number, row)

    def told(self) -> list[dict[str, Any]]:
        """What was left out, ignored or filled in, as sentences with values."""
        told: list[tuple[str, Sequence[object]]] = [
            (mark("这些列没有用到：%(names)s。"), self.header.unused),
            (mark("只读了一张表，没有读：%(names)s。"), self._table.others),
            (mark("隐藏的表没有读：%(names)s。"), self._table.hidden),
            (mark("隐藏或筛掉的行也读了：第 %(names)s 行。"), self._table.hidden_rows),
            (
                mark("这些列里有公式，读的是上次算出的结果：%(names)s。"),
                self._formulas(),
            ),
            (mark("这些行不是人，没有读：第 %(names)s 行。"), self.left_out),
        ]
        sentences = [
            {"sentence": sentence, "values": {"names": _named(names)}}
            for sentence, names in told
            if names
        ]
        head = self.header
        if self._table.page:
            text = mark("这是网页，不是表格文件，按里面最长的表格读。")
            sentences.append({"sentence": text, "values": {}})
        if head.row > 1:
            text = mark("表头在第 %(row)s 行，上面的行没有读。")
            sentences.append({"sentence": text, "values": {"row": head.row}})
        if self.filled:
            text = mark("%(n)s 行的乡镇或村，按合并的单元格填上。")
            sentences.append({"sentence": text, "values": {"n": self.filled}})
        return sentences

    def _formulas(self) -> list[str]:
        """Labels of columns that are read and hold results of formulas."""
        labels = self.header.labels
        return [labels[i] for i in self._table.formulas if i in self.header.fields]

    def _is_total(self, row: Sequence[Any]) -> bool:
        if any(self._has(row, name, _LONG) for name in _KEYS):
            return False
        return any(
            isinstance(cell, str) and _TOTAL.fullmatch(compact(cell)) is not None
            for cell in row[:3]
        ) and not self._has(row, "category")

    def _is_header(self, row: Sequence[Any]) -> bool:
        index = self._columns["name"][0]
        cell = row[index] if index < len(row) else ""
        return isinstance(cell, str) and compact(cell) == self.header.labels[index]

    def _has(self, row: Sequence[Any], name: str, length: int = 1) -> bool:
        return any(
            index < len(row) and len(str(row[index] or "")) >= length
            for index in self._columns.get(name, ())
        )

    def _merged_cells(self) -> dict[tuple[int, int], int]:
        """For each lower cell of a merged place, the row that holds its text."""
        columns = {i for name in _FILLED for i in self._columns.get(name, ())}
        return {
            (row + 1, left): top + 1
            for top, left, bottom, _ in self._table.merged
            if left in columns and top >= self.header.row
            for row in range(top + 1, min(bottom, ROWS * 2) + 1)
        }

    def _fill(self, number: int, row: Sequence[Any]) -> Sequence[Any]:
        if not self._above:
            return row
        filled = list(row)
        for name in _FILLED:
            for index in self._columns.get(name, ()):
                self._copy(number, index, filled)
        return filled

    def _copy(self, number: int, index: int, row: list[Any]) -> None:
        source = self._above.get((number, index))
        if source is None:
            if (number + 1, index) in self._above:
                self._tops[number, index] = row[index] if index < len(row) else ""
        elif index < len(row) and row[index] in {"", None}:
            row[index] = self._tops.get((source, index), "")
            self.filled += 1


def _named(names: Sequence[object]) -> str:
    shown = "、".join(str(name) for name in names[:_ROWS_NAMED])
    return shown + ("…" if len(names) > _ROWS_NAMED else "")
