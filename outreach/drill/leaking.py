"""Whether a number or a name got into a log or into the queue (invariant I9)."""

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


def leaks(folder: Path) -> list[str]:
    """Files below ``folder`` that hold what was planted in everybody's row.

    The queue's own log holds every message that went through it. The simulated
    carrier's ledger must know the numbers, the database holds them sealed.
    """
    return sorted({path.name for path in _files(folder) if _holds(path)})


def _files(folder: Path) -> Iterator[Path]:
    for place in (folder / "logs", folder / "broker"):
        yield from (path for path in place.rglob("*") if path.is_file())
    yield folder / "postgresql" / "log"


def _holds(path: Path) -> bool:
    text = path.read_bytes() if path.exists() else b""
    return any(word in text for word in _PLANTED)
