"""How our workbooks print: A4 landscape, the head repeated, and in letters to read.

A sheet is as wide as the page; one with too many columns for that is several pages
wide, and what names its rows stands on each of them.

Spreadsheet programs do not fit heights to wrapped text when they open or print a file
that they did not make, so that widths and heights are written down.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_A4 = 9
_WIDE = frozenset("WFA")
_LINE = 17
"""Points that a line of 12 point type takes."""

_SPARE = 6

_PAD = 2
_WIDEST = 40
_MANY = 18
"""Columns from which on a heading takes four lines in place of two."""

_PAGE = 188
"""Characters that a page is wide at 9 points, three quarters of our size."""

_HEADING = 72
"""Characters that title, unit and date need: a narrow table is made so wide."""


def set_up_page(
    sheet: Any,  # noqa: ANN401
    head: int,
    mark: str = "",
    columns: Sequence[int] = (),
    named: int = 1,
) -> None:
    """Set up an XlsxWriter sheet whose first rows, ``head`` of them, are its head.

    ``mark`` says at the foot of each page whose copy it is. ``columns`` are the widths
    and the first ``named`` of them name a row: where one page is too narrow for
    letters of 9 points, these are repeated on every page beside it.
    """
    sheet.set_landscape()
    sheet.set_paper(_A4)
    across = pages_across(columns, named)
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(0, head - 1)
    if across > 1:
        sheet.repeat_columns(0, named - 1)
    sheet.set_footer(f"&L{mark.replace('&', '&&')}&C&P / &N")


def pages_across(columns: Sequence[int], named: int = 1) -> int:
    """How many pages side by side take ``columns`` in letters that can be read."""
    if sum(columns) <= _PAGE:
        return 1
    beside = sum(columns[:named])
    return math.ceil(sum(columns[named:]) / (_PAGE - beside))


def shown_width(text: str) -> int:
    """Columns that ``text`` takes: two for a Chinese character, one for a letter."""
    return sum(
        2 if unicodedata.east_asian_width(letter) in _WIDE else 1 for letter in text
    )


def widths(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[int]:
    """A width for each column: its longest cell, its heading on a few lines."""
    lines, narrowest = (4, 6) if len(header) > _MANY else (2, 8)
    found = [
        max(narrowest, math.ceil(shown_width(text) / lines) + _PAD, _unbroken(text))
        for text in header
    ]
    for row in rows:
        for column, value in enumerate(row):
            found[column] = max(found[column], shown_width(_text(value)) + _PAD)
    found = [min(_WIDEST, width) for width in found]
    lacking = max(0, _HEADING - sum(found))
    return [width + lacking // len(found) for width in found]


def height(values: Sequence[object], columns: Sequence[int]) -> int:
    """Points that a row needs for all of its cells' lines."""
    lines = (
        math.ceil(shown_width(_text(value)) / max(1, width - 1))
        for value, width in zip(values, columns, strict=False)
    )
    most = max(1, *lines)
    return _LINE * most + (most > 1) * _SPARE


def _unbroken(text: str) -> int:
    """A word in Latin letters stays in one piece; Chinese may break anywhere."""
    return max((len(word) + 1 for word in re.findall(r"[A-Za-z]+", text)), default=0)


def _text(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
