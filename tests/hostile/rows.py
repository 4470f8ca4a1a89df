"""Many inputs in one list: each is a row, and no row may harm another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostile.desk import Desk, Sent
from hostile.inputs import expect
from lists import workbook

from campaigns.register.models import Member


@dataclass(frozen=True, slots=True)
class Case:
    """What stands in a cell, what is stored for it, or what is said about it."""

    given: Any
    stored: Any = None
    says: str = ""


class Listed:
    """The list that holds every case, handed in and let in once."""

    def __init__(
        self,
        desk: Desk,
        path: Path,
        rows: Mapping[str, list[Any]],
        headings: list[str],
        write: Callable[[list[list[Any]]], bytes] | None = None,
    ) -> None:
        self.at = {number: row for row, number in enumerate(rows, 2)}
        table = [headings, *rows.values()]
        content = write(table) if write else workbook(path, table)
        self.sent: Sent = desk.send(content, path.name)
        desk.take_in(self.sent)
        wrong = len(self.sent.rows)
        assert self.sent.figures["rows"] == len(rows)
        assert len(desk.members()) == len(rows) - wrong
        found = desk.members()
        right = [n for n, row in self.at.items() if row not in self.sent.rows]
        self.members: dict[str, Member] = dict(zip(right, found, strict=True))

    def hold(self, number: str, case: Case, column: str, stored: Any) -> None:
        """Hold one row to the table: refused in its cell, told, or taken."""
        cell = f"{column}{self.at[number]}"
        if number not in self.members:
            assert case.says, self.sent.cells
            assert case.says in self.sent.cells[cell]
            expect(number[:4], "R", "Q")
            return
        assert stored == case.stored
        told = [t for t in self.sent.told if re.search(rf"(?<![A-Z]){cell}(?!\d)", t)]
        if told:
            assert case.says
            assert any(case.says in text for text in told), told
            expect(number[:4], "A", "N", "Q")
            return
        assert not case.says
        same = str(case.given) in {str(stored), str(stored).removeprefix("+86")}
        expect(number[:4], "A" if same else "N")
