"""A backup while the service runs, and the way back, which sends nobody a second text.

A folder of mode 0700: the rows, the media, and ``backup.json`` with the sizes and
hashes of all. The keys are never in it: names and numbers stay sealed; categories,
places and states are readable, so that it belongs on an encrypted disk.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, make_url

import outreach.tables  # noqa: F401 - every table belongs in a copy
from campaigns.delivery import restoring
from campaigns.errors import NotReady, Refused, Unreadable, mark
from campaigns.fieldwork import erasing
from outreach import audit, copying, erasure_list, migrating, numbering
from outreach.database import Database, connect
from outreach.old_backups import BEGUN, FACTS
from outreach.settings import Settings
from outreach.wiring import Wiring

_MEDIA = "media"
_BATCH = 2000
"""Messages put in doubt by one transaction."""


def back_up(wiring: Wiring, folder: Path) -> dict[str, Any]:
    """Copy rows and media to the new ``folder``; return what ``backup.json`` says."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused(
            mark("文件夹 %(folder)s 里已经有东西。请换一个空的文件夹。"), folder=folder
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    taken_at = wiring.clock()
    _write(folder / BEGUN, {"taken_at": taken_at.isoformat()})
    path = _sqlite(wiring.settings)
    if path:
        copying.copy_sqlite(path, folder / copying.SQLITE)
    else:
        copying.copy_out(wiring.database.engine, folder)
    if wiring.settings.media_dir.is_dir():
        # Media are written once under their own name: copying needs no pause.
        shutil.copytree(wiring.settings.media_dir, folder / _MEDIA)
    with wiring.database.engine.connect() as connection:
        revision = migrating.current(connection)
    facts = {
        "taken_at": taken_at.isoformat(),
        "kind": "sqlite" if path else "postgresql",
        "revision": revision,
        "files": _files(folder),
    }
    _write(folder / FACTS, facts)
    (folder / BEGUN).unlink()
    return facts


def restore(settings: Settings, folder: Path, now: datetime) -> dict[str, Any]:
    """Put ``folder`` in place of the database; return what was held back.

    Raises Unreadable for a damaged copy, NotReady where something is in the way.
    """
    facts = _checked(folder)
    path = _sqlite(settings)
    if facts["kind"] != ("sqlite" if path else "postgresql"):
        raise Refused(mark("备份来自另一种数据库，不能恢复到这里。"))
    if path:
        _place_file(folder / copying.SQLITE, path, now)
    database = connect(settings.database_address)
    try:
        if not path:
            _fill(database, folder, facts["revision"])
        migrating.to(database.engine, "head")
        _place_media(folder / _MEDIA, settings.media_dir)
        taken_at = datetime.fromisoformat(facts["taken_at"])
        return _hold(database, taken_at, now, erasure_list.read(settings))
    finally:
        database.dispose()


def _hold(
    database: Database,
    taken_at: datetime,
    now: datetime,
    forgotten: erasure_list.Entries,
) -> dict[str, Any]:
    """Before anything can be sent: campaigns pause, open messages are in doubt.

    Whoever was forgotten since the copy was made is forgotten again.

    New rows leave the numbers alone that were given since the copy was made.
    """
    with database.writing() as session:
        numbering.leap(session.connection(), now)
        paused = restoring.hold_back(session, now)
        erased = erasing.forget_again(session, forgotten, now)
        details = {
            "taken_at": taken_at.isoformat(),
            "paused": paused,
            "erased": erased,
        }
        audit.note(session, "restored", details=details, now=now)
        waiting = restoring.still_open(session)
    doubtful = 0
    for first in range(0, len(waiting), _BATCH):
        some = waiting[first : first + _BATCH]
        with database.writing() as session:
            doubtful += restoring.doubt(session, some, taken_at, now)
    return {**details, "in_doubt": doubtful}


def _fill(database: Database, folder: Path, revision: str) -> None:
    if inspect(database.engine).get_table_names():
        raise NotReady(
            mark(
                "这个数据库不是空的。请新建一个空数据库，把 OUTREACH_DATABASE_URL "
                "指向它，再恢复。"
            )
        )
    migrating.to(database.engine, revision)
    with database.engine.begin() as connection:
        copying.copy_in(connection, folder)


def _place_file(copy: Path, path: Path, now: datetime) -> None:
    """The old file stays beside the new one: a wrong restore can be undone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".restoring")
    shutil.copyfile(copy, draft)
    draft.chmod(0o600)
    for name in ("", "-wal", "-shm"):
        old = path.with_name(path.name + name)
        if old.exists():
            old.replace(old.with_name(f"{path.name}.before-{now:%Y%m%d%H%M%S}{name}"))
    draft.replace(path)


def _place_media(copy: Path, media: Path) -> None:
    if copy.is_dir():
        shutil.copytree(copy, media, dirs_exist_ok=True)


def _checked(folder: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((folder / FACTS).read_text("utf-8"))
    except (OSError, ValueError):
        raise Unreadable(
            mark("%(folder)s 里没有备份：缺 backup.json，或它读不出来。"), folder=folder
        ) from None
    for name, digest in facts["files"].items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise Unreadable(
                mark("备份里的 %(name)s 缺失或损坏，请换一份备份。"), name=name
            )
    return facts


def _files(folder: Path) -> dict[str, str]:
    found = {}
    copied = (p for p in folder.rglob("*") if p.is_file() and p.name != BEGUN)
    for path in sorted(copied):
        path.chmod(0o600)
        found[str(path.relative_to(folder))] = _digest(path)
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _write(path: Path, facts: dict[str, Any]) -> None:
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
    path.chmod(0o600)
    with path.open() as file:
        os.fsync(file.fileno())


def _sqlite(settings: Settings) -> Path | None:
    url = make_url(settings.database_address)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None
