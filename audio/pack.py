"""One ZIP a village: clips in play order, play sheet, playlist and checksums.

Old players play in the order in which files were copied and show GBK or nothing, so
names are ASCII, sort as they play, and lie in no folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audio.errors import Refused, mark
from audio.reading.naming import ascii_name
from audio.sheet import play_sheet, play_text
from audio.store import keeping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_EPOCH = (2020, 1, 1, 0, 0, 0)
_MOST_ITEMS = 99
_hashes: dict[tuple[str, int, int], str] = {}


@dataclass(frozen=True, slots=True)
class PackItem:
    """One thing to play: path is a finished MP3, text what it says.

    slots are times of day such as "07:30"; seconds is the whole programme.
    """

    path: Path
    title: str
    number: str
    seconds: float
    repeats: int
    slots: tuple[str, ...]
    text: str
    source: str = ""


def pack(  # noqa: PLR0913 - the place, what to play, and where the file goes
    village_name: str,
    township_name: str,
    items: Sequence[PackItem],
    to: Path,
    *,
    day: date,
    valid_until: date | None = None,
    office: str = "",
) -> Path:
    """The village's ZIP at `to` (a folder gets the usual name), whole or not at all.

    Equal values give equal bytes. MP3s are stored, not packed: they do not shrink.
    Raises Refused without items or without their sound, NotKept when the disk is full.
    """
    _check(items)
    target = to / pack_name(village_name, township_name, day) if to.is_dir() else to
    names = tuple(_file_name(at, item) for at, item in enumerate(items, 1))
    sheet = play_sheet(
        village_name, township_name, items, names, day, valid_until, office
    )
    listed = play_text(
        village_name, township_name, items, names, day, valid_until, office
    )
    written = [
        ("播放单.html", sheet.encode()),
        ("播放单.txt", listed.encode("gb18030")),
        ("播放单-UTF8.txt", listed.encode("utf-8-sig")),
        ("index.m3u", _playlist(items, names)),
    ]
    sums = [(_sha256(item.path), name) for item, name in zip(items, names, strict=True)]
    sums += [(hashlib.sha256(content).hexdigest(), name) for name, content in written]
    listing = "".join(f"{digest}  {name}\r\n" for digest, name in sums)
    written.append(("SHA256.txt", listing.encode()))
    with keeping(target.parent):
        _write(target, items, names, written)
    return target


def pack_name(village_name: str, township_name: str, day: date) -> str:
    """The day, the township and the village: 20261125_福宝镇_大亨村.zip."""
    return f"{day:%Y%m%d}_{_plain(township_name)}_{_plain(village_name)}.zip"


def _check(items: Sequence[PackItem]) -> None:
    if not items:
        raise Refused(mark("没有要播的内容：请先录好音再打包。"))
    if len(items) > _MOST_ITEMS:
        raise Refused(
            mark("一包最多 %(most)s 条，现在有 %(count)s 条：请分天打包。"),
            most=_MOST_ITEMS,
            count=len(items),
        )
    for item in items:
        if not item.path.is_file():
            raise Refused(mark("“%(title)s”的录音还没有做好。"), title=item.title)


def _file_name(at: int, item: PackItem) -> str:
    """Sorted, ASCII, and telling: 01_0730_T02_gaowenfangshu_64s.mp3."""
    first = item.slots[0].replace(":", "") if item.slots else ""
    parts = [f"{at:02d}", first, ascii_name(item.number), ascii_name(item.title)]
    named = "_".join(part for part in parts if part)
    return f"{named[:48]}_{round(item.seconds)}s.mp3"


def _playlist(items: Sequence[PackItem], names: Sequence[str]) -> bytes:
    lines = ["#EXTM3U"]
    for item, name in zip(items, names, strict=True):
        lines += [f"#EXTINF:{round(item.seconds)},{item.title}", name]
    return ("\r\n".join(lines) + "\r\n").encode("gb18030")


def _write(
    target: Path,
    items: Sequence[PackItem],
    names: Sequence[str],
    written: Sequence[tuple[str, bytes]],
) -> None:
    # Not synced: a pack is made from clips again in a moment, and 239 syncs take long.
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as box:
            for item, name in zip(items, names, strict=True):
                box.writestr(_entry(name), item.path.read_bytes())
            for name, content in written:
                box.writestr(_entry(name), content)
        Path(made).chmod(0o644)
        Path(made).replace(target)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def _entry(name: str) -> zipfile.ZipInfo:
    """Stored, with one date for all, readable by everybody."""
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _sha256(path: Path) -> str:
    """The hash of a clip; one clip goes into many villages' packs."""
    state = path.stat()
    key = (str(path), state.st_mtime_ns, state.st_size)
    if key not in _hashes:
        with path.open("rb") as file:
            _hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _hashes[key]


def _plain(name: str) -> str:
    """A place's name without what a file system refuses."""
    return "".join("_" if letter in '\\/:*?"<>|\0' else letter for letter in name)
