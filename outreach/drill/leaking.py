"""Whether a number or a name lies open in any file of the county (invariant I9)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from outreach.drill.office import CANARY, NUMBERS

_PLANTED = (
    CANARY.encode(),
    CANARY.encode("unicode_escape"),
    NUMBERS.encode(),
    b"%2B" + NUMBERS[1:].encode(),
)

_CARRIER = "simulator"


def leaks(folder: Path) -> list[str]:
    """Files below ``folder`` that hold what was planted in everybody's row.

    Logs, the queue's own log with every message that went through it, the database's
    pages and its log of changes, journals and sound. The simulated carrier's ledger
    alone must know the numbers.
    """
    return sorted({path.name for path in _files(folder) if _holds(path)})


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if _CARRIER not in path.parts and path.is_file():
            yield path


def _holds(path: Path) -> bool:
    try:
        text = path.read_bytes()
    except FileNotFoundError:  # a running database comes and goes with its files
        return False
    return any(word in text for word in _PLANTED)
