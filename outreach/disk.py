"""How much room the data folder has, and what must stop when it gets tight."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

_GIGABYTE = 2**30
_TIGHT_SHARE, _TIGHT_BYTES = 0.10, 2 * _GIGABYTE
_FULL_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Room:
    """Free and total bytes of a file system."""

    free: int
    total: int

    @property
    def gigabytes(self) -> float:
        """What is free, in GiB with one decimal."""
        return round(self.free / _GIGABYTE, 1)

    @property
    def tight(self) -> bool:
        """Below 10 % or 2 GB: no imports and no recordings."""
        return self.free < max(self.total * _TIGHT_SHARE, _TIGHT_BYTES)

    @property
    def full(self) -> bool:
        """Below 5 %: campaigns pause, because intent may no longer reach the disk."""
        return self.free < self.total * _FULL_SHARE


def room(folder: Path) -> Room:
    """The room where ``folder`` is, or will be."""
    there = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    usage = shutil.disk_usage(there)
    return Room(usage.free, usage.total)
