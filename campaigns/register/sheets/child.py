"""Reads one hostile file in a process of its own, with little memory and time.

It writes lines of JSON: one object about the sheet, then lists of rows, then
``{"end": true}``; or ``{"refused": code}`` with the values of that sentence. It
imports nothing heavy, so that it starts quickly and can do nothing but read.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from campaigns.register.sheets.limits import (
    MEMORY,
    ROWS,
    ROWS_ABOVE,
    SECONDS,
    Refusal,
)
from campaigns.register.sheets.pages import open_page
from campaigns.register.sheets.texts import open_text
from campaigns.register.sheets.workbooks import open_workbook

_BATCH = 500


def main(path: str, kind: str, sheet: str = "") -> None:
    """Read the file at ``path``, which looks like ``kind``: zip, ole, page or text.

    Without ``sheet`` a workbook's longest one is read.
    """
    _limit()
    try:
        if kind == "text":
            about, rows = open_text(path)
        elif kind == "page":
            about, rows = open_page(path)
        else:
            about, rows = open_workbook(path, kind, sheet)
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
    """Rows in lists of ``_BATCH``, without the empty ones at the end of the file."""
    batch: list[list[Any]] = []
    empty = 0
    for number, row in enumerate(rows, 1):
        if all(cell in {"", None} for cell in row):
            empty += 1
            continue
        if number > ROWS + ROWS_ABOVE:
            raise Refusal("too_many_rows", most=ROWS)
        batch.extend([[]] * empty)
        empty = 0
        batch.append(row)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


if __name__ == "__main__":
    main(*sys.argv[1:])
