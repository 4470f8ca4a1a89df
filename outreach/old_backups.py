"""Copies that were kept long enough: personal data outlives no erasure in a backup."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

FACTS = "backup.json"
"""What a whole copy says of itself."""
BEGUN = "backup.begun"
"""What a copy says that is being made, or was never finished."""
MOST_DAYS = 35
"""No copy is kept longer: whoever was forgotten is in none after that."""


def expire(
    beside: Path, now: datetime, days: int = MOST_DAYS
) -> tuple[list[str], list[str]]:
    """Remove copies next to ``beside`` taken more than ``days`` days ago.

    Only what says itself that it is a copy, and when it was taken, is removed: no other
    folder and nothing behind a link. Returns the names of what went, and of what could
    not be removed.
    """
    gone, left = list[str](), list[str]()
    for folder, taken_at in _copies(beside.resolve().parent):
        if folder != beside.resolve() and now - taken_at > timedelta(days=days):
            shutil.rmtree(folder, ignore_errors=True)
            (left if folder.exists() else gone).append(folder.name)
    return gone, left


def _copies(folder: Path) -> Iterator[tuple[Path, datetime]]:
    for path in sorted(folder.iterdir()):
        for name in (FACTS, BEGUN):
            taken_at = None if path.is_symlink() else _taken_at(path / name)
            if taken_at is not None:
                yield path, taken_at
                break


def _taken_at(path: Path) -> datetime | None:
    """When a copy says that it was taken; None where it is none."""
    try:
        found = datetime.fromisoformat(json.loads(path.read_text("utf-8"))["taken_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.tzinfo else None
