"""How much room the data folder has, and what must stop when it gets tight."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from campaigns.errors import NotReady, mark
from campaigns.planning import pausing
from outreach import audit
from outreach.wiring import Wiring

_GIGABYTE = 2**30
_LEAST = 2 * _GIGABYTE
# A tenth of a large disk is more than a county fills in a year.
_TIGHT_SHARE, _TIGHT_MOST = 0.10, 20 * _GIGABYTE
_FULL_SHARE, _FULL_MOST = 0.05, 5 * _GIGABYTE


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
        """Below 10 % (20 GB at most) or 2 GB: no imports and no recordings."""
        share = min(self.total * _TIGHT_SHARE, _TIGHT_MOST)
        return self.free < max(share, _LEAST)

    @property
    def full(self) -> bool:
        """Below 5 % (5 GB at most): campaigns pause, lest intent not reach the disk."""
        return self.free < min(self.total * _FULL_SHARE, _FULL_MOST)


def room(folder: Path) -> Room:
    """The room where ``folder`` is, or will be."""
    there = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    usage = shutil.disk_usage(there)
    return Room(usage.free, usage.total)


def demand_room(folder: Path) -> None:
    """Raise NotReady where an import or a recording would take the last of it."""
    here = room(folder)
    if here.tight:
        raise NotReady(
            mark(
                "磁盘只剩 %(n)s GB，先不导入也不录音。请系统管理员清理磁盘，再试一次。"
            ),
            n=here.gigabytes,
        )


def keep_room(wiring: Wiring) -> list[int]:
    """Pause what runs while the disk is full; return the campaigns' numbers."""
    if not room(wiring.settings.data_dir).full:
        return []
    with wiring.database.writing() as session:
        paused = pausing.pause_all(session, wiring.clock())
        for campaign_id in paused:
            subject = f"campaign:{campaign_id}"
            audit.note(session, "paused_for_room", subject, now=wiring.clock())
    return paused
