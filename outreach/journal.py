"""What a sending process had claimed and begun, kept where its death leaves it.

One small file a process, mapped into memory: before a message's first byte may leave,
its mark is set. SIGKILL and a lack of memory leave the mapped pages with the kernel, so
that whoever finds the dead process's file knows which messages were never begun: proof
enough to send them. After a power cut the boot is another one, and nothing is proven.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import psutil

_PAGES = 24
_MOST = 256
_HEAD = struct.Struct("<16sH")
_LINE = struct.Struct("<QB")
_PAGE = _HEAD.size + _MOST * _LINE.size
_SUFFIX = ".claims"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Unbegun:
    """Messages of a dead process's claim of which not a byte was written."""

    claim: str
    ids: tuple[int, ...]


@dataclass(slots=True)
class Page:
    """One claim in the file; without a place in it nothing is noted or proven."""

    _journal: Journal
    _number: int | None
    _places: dict[int, int] = field(default_factory=dict)

    def begin(self, message_id: int) -> None:
        """Set the mark of a message whose first byte may leave from now on."""
        place = self._places.get(message_id)
        if place is not None:
            self._journal.map[place] = 1

    def close(self) -> None:
        """Give the place back: what became of the claim is recorded."""
        if self._number is not None:
            self._journal.give_back(self._number)
            self._number = None


class Journal:
    """This process's file; ``folder`` is shared by all processes of a machine."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{_boot()}-{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
        draft = self.path.with_suffix(".new")
        with draft.open("w+b", buffering=0) as file:
            # Written out, not only made longer: a full disk must not end us later.
            file.write(bytes(_PAGES * _PAGE))
            fcntl.flock(file, fcntl.LOCK_EX)
            # The map keeps the file open, and with it the lock, for as long as we live.
            self.map = mmap.mmap(file.fileno(), _PAGES * _PAGE)
        # Nobody sees it before the lock that says that we live.
        draft.rename(self.path)
        self._free = set(range(_PAGES))
        self._turn = Lock()

    def note(self, claim: str, ids: Sequence[int]) -> Page:
        """Write a claim down before it is committed, with no mark set."""
        with self._turn:
            if not self._free or not 0 < len(ids) <= _MOST:
                return Page(self, None)
            number = self._free.pop()
        start = number * _PAGE
        lines = b"".join(_LINE.pack(key, 0) for key in ids)
        first = start + _HEAD.size
        self.map[first : first + len(lines)] = lines
        # Last: a page with a count is whole.
        _HEAD.pack_into(self.map, start, claim.encode(), len(ids))
        places = {
            key: first + at * _LINE.size + _LINE.size - 1 for at, key in enumerate(ids)
        }
        return Page(self, number, places)

    def give_back(self, number: int) -> None:
        """Empty a page and let the next claim have it."""
        _HEAD.pack_into(self.map, number * _PAGE, b"", 0)
        with self._turn:
            self._free.add(number)


def of_the_dead(folder: Path) -> Iterator[list[Unbegun]]:
    """What each dead process of this machine left; its file goes after each turn."""
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            ours = path.name.startswith(f"{_boot()}-")
            yield list(_unbegun(file.read())) if ours else []
            path.unlink(missing_ok=True)


def _unbegun(content: bytes) -> Iterator[Unbegun]:
    for start in range(0, len(content) - _PAGE + 1, _PAGE):
        claim, count = _HEAD.unpack_from(content, start)
        lines = content[start + _HEAD.size :][: count * _LINE.size]
        ids = tuple(key for key, begun in _LINE.iter_unpack(lines) if not begun)
        if ids:
            yield Unbegun(claim.rstrip(b"\0").decode(), ids)


def _boot() -> str:
    """Names this run of the kernel: its memory, and so the mapped pages, are shared."""
    if _BOOT.exists():
        return _BOOT.read_text().strip().replace("-", "")
    return str(int(psutil.boot_time()))
