"""Web pages with one table, which many offices' systems save under the name .xls."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from campaigns.register.sheets.limits import COLUMNS, ROWS, Refusal, cut
from campaigns.register.sheets.texts import decoded, described

_SPAN = 1_000
_DIGITS = 4
Grid = list[list[str]]


def open_page(path: str) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """What is known of the page's longest table, and its rows. Raises Refusal."""
    parser = _Tables()
    parser.feed(decoded(Path(path).read_bytes()))
    parser.close()
    if not any(map(any, parser.longest)):
        raise Refusal("html")
    about = described(rows=len(parser.longest), page=True, merged=parser.merged)
    return about, iter(parser.longest)


class _Tables(HTMLParser):
    """Keeps the longest table; one inside a cell is that cell's text."""

    def __init__(self) -> None:
        super().__init__()
        self.longest: Grid = []
        self.merged: list[list[int]] = []
        self._grid: Grid = []
        self._spans: list[list[int]] = []
        self._text: list[str] | None = None
        self._depth = 0
        self._wide = self._high = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._grid, self._spans = [], []
        elif self._depth != 1:
            return
        elif tag == "tr":
            self._close_cell()
            self._grid.append([])
            if len(self._grid) > ROWS * 2:
                raise Refusal("too_many_rows", most=ROWS)
        elif tag in {"td", "th"} and self._grid:
            self._close_cell()
            given = dict(attrs)
            self._wide, self._high = _span(given, "colspan"), _span(given, "rowspan")
            self._text = []

    def handle_data(self, data: str) -> None:
        """Text of the cell that is open."""
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a table, a row or a cell."""
        if tag == "table" and self._depth:
            self._depth -= 1
        if self._depth > (tag != "table"):
            return
        if tag in {"td", "th", "tr", "table"}:
            self._close_cell()
        if tag == "table" and len(self._grid) > len(self.longest):
            self.longest, self.merged = self._grid, self._spans

    def close(self) -> None:
        """Take a table that nobody closed for whole."""
        super().close()
        self._close_cell()
        if len(self._grid) > len(self.longest):
            self.longest, self.merged = self._grid, self._spans

    def _close_cell(self) -> None:
        if self._text is None:
            return
        row, top = self._grid[-1], len(self._grid) - 1
        covered = {
            column
            for first, left, last, right in self._spans[-COLUMNS:]
            if first < top <= last
            for column in range(left, right + 1)
        }
        while len(row) in covered:
            row.append("")
        left, right = len(row), len(row) + self._wide - 1
        if right >= COLUMNS:
            raise Refusal("too_many_columns", most=COLUMNS)
        row += [cut(" ".join("".join(self._text).split())), *[""] * (self._wide - 1)]
        if self._wide > 1 or self._high > 1:
            self._spans.append([top, left, top + self._high - 1, right])
        self._text = None


def _span(given: dict[str, str | None], name: str) -> int:
    said = given.get(name) or "1"
    return max(1, min(int(said[:_DIGITS]), _SPAN)) if said.isdecimal() else 1
