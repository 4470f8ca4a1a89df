"""How much of a file is read, and how the child says that it is not."""

from __future__ import annotations

MEMORY = 512 << 20
SECONDS = 60
ROWS = 100_000
ROWS_ABOVE = 100
"""Rows that may stand above the people, beyond the limit."""
COLUMNS = 200
CELL = 2_000
"""Characters of a cell; a longer one is cut and marked as damaged."""


class Refusal(Exception):
    """Why a file is not read: a code, and the values of its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        self.answer = {"refused": code, **values}
        super().__init__(code)


def cut(text: str) -> str:
    """``text``, or its beginning and a sign that the rest is missing."""
    return text if len(text) <= CELL else text[:CELL] + "\ufffd"
