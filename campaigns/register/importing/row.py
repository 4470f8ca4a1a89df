"""One row while it is being read: its cells, its problems, and what is only told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from campaigns.errors import Refused
from campaigns.register.importing import cells
from campaigns.register.importing.headings import letter

_CELLS_NAMED = 5
Value = TypeVar("Value")


class Notices:
    """What a person should know though nothing is wrong: counted, first cells named."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._cells: dict[str, list[str]] = {}

    def add(self, sentence: str, cell: Callable[[], str]) -> None:
        """Count one more cell of this kind; only the first are asked their names."""
        self._counts[sentence] += 1
        if self._counts[sentence] <= _CELLS_NAMED:
            self._cells.setdefault(sentence, []).append(cell())

    def told(self) -> list[dict[str, Any]]:
        """Sentences (msgids) with their counts and first cells."""
        return [
            {
                "sentence": text,
                "values": {"n": n, "cells": "、".join(self._cells[text])},
            }
            for text, n in self._counts.items()
        ]


@dataclass(slots=True)
class Row:
    """A row of the file and what was read from it so far.

    ``columns`` are the indexes of each field's columns. ``values`` are columns of
    ``Member`` by name; ``identity`` is the key under which the person is stored, and
    ``said`` names the same person where they are on the register without an ID.
    """

    number: int
    cells: Sequence[Any]
    columns: dict[str, list[int]]
    notices: Notices
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    identity: bytes | None = None
    said: str = ""

    def text(self, name: str, nth: int = 0) -> str:
        """The text of a field's cell, empty where there is none. Raises Refused."""
        columns = self.columns.get(name)
        if columns is None or columns[nth] >= len(self.cells):
            return ""
        return cells.text_of(self.cells[columns[nth]])

    def read(self, name: str, reader: Callable[[str], Value]) -> Value | None:
        """What ``reader`` makes of the cell; a refusal becomes a problem and None.

        An empty cell is None without asking the reader.
        """
        try:
            text = self.text(name)
            return reader(text) if text else None
        except Refused as fault:
            self.problem(name, fault)
            return None

    def wrong(self, *names: str) -> bool:
        """Whether one of these fields already has a problem."""
        return any(problem["field"] in names for problem in self.problems)

    def problem(self, name: str, fault: Refused, nth: int = 0) -> None:
        """Note what is wrong with a cell, and how to mend it."""
        self.problems.append(
            {
                "cell": self._cell(name, nth),
                "field": name,
                "sentence": fault.sentence,
                "mend": fault.mend,
                "values": fault.values,
            }
        )

    def notice(self, sentence: str, name: str, nth: int = 0) -> None:
        """Tell something about a cell that is no fault."""
        self.notices.add(sentence, lambda: self._cell(name, nth))

    def _cell(self, name: str, nth: int) -> str:
        columns = self.columns.get(name) or self.columns["name"]
        return f"{letter(columns[min(nth, len(columns) - 1)])}{self.number}"
