"""Scenarios in which a volume of the database is full for a while."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from campaigns.vocabulary import MessageState
from outreach.drill.scene import NotRun, Scenario, Scene

_MEGABYTES = 32
"""Room on the small volume, beside what lies there already."""
_SWITCHES = 60
_TABLES = ("message", "attempt", "receipt", "tally_delta")
"""What sending and receiving write; it lies on the small volume meanwhile."""
_FULL = "No space left on device"
_ENDED = "PANIC"
_PIECE = bytes(65_536)


def _full(scene: Scene) -> None:
    """Nothing is claimed that cannot be written down, and nothing said is forgotten."""
    database = scene.stand.database
    with _volume(scene.stand.folder / "volume", database.folder) as place:
        database.ask(f"CREATE TABLESPACE small LOCATION '{place}'")
        _move("small", scene)
        try:
            _fill(scene, place / "ballast")
        finally:
            _move("pg_default", scene)
            database.ask("DROP TABLESPACE small")


def _move(space: str, scene: Scene) -> None:
    for table in _TABLES:
        scene.stand.database.ask(f"ALTER TABLE {table} SET TABLESPACE {space}")


def _fill(scene: Scene, ballast: Path) -> None:
    scene.begin(1800, latency_ms=30.0)
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(_PIECE)
    # Pages have some room left: not every statement fails, but some must.
    scene.stand.wait(15.0)
    ballast.unlink()
    log = (scene.stand.database.folder / "log").read_text("utf-8", "replace")
    scene.check("the volume was never full", holds=_FULL in log)
    scene.check("nobody waits", holds=scene.count(MessageState.QUEUED))
    scene.until(scene.over, "it does not end")


def _log_full(scene: Scene) -> None:
    """The server ends at once, and takes up its log when there is room again."""
    database = scene.stand.database
    log = database.folder / "pg_wal"
    used = sum(file.stat().st_size for file in log.rglob("*")) // 2**20
    place = scene.stand.folder / "log-volume"
    with _volume(place, database.folder, used + _MEGABYTES) as small:
        _lay(scene, log, small / "pg_wal")
        try:
            _end(scene, small / "ballast")
        finally:
            _lay(scene, log, None)


def _lay(scene: Scene, log: Path, there: Path | None) -> None:
    """Let the log lie ``there``, or where it belongs; the server is down meanwhile."""
    scene.stand.held.add("database")
    scene.stand.database.kill()
    lies = log.resolve()
    aside = there or log.with_name("pg_wal.back")
    subprocess.run(["cp", "-a", str(lies), str(aside)], check=True)  # noqa: S603, S607  # nosec B603, B607  # our own words
    if there:
        shutil.rmtree(log)
        log.symlink_to(there)
    else:
        log.unlink()
        aside.rename(log)
    scene.stand.held.discard("database")
    scene.stand.until(lambda: scene.stand.database.alive, 60)


def _end(scene: Scene, ballast: Path) -> None:
    scene.begin(900, latency_ms=30.0)
    scene.stand.held.add("database")
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(_PIECE)
    for _ in range(_SWITCHES):
        # What lies ready of the log is used up sooner than a campaign would.
        with suppress(psycopg.Error):
            scene.stand.database.ask("SELECT pg_switch_wal()")
        scene.stand.wait(0.5)
        if not scene.stand.database.alive:
            break
    scene.check("the server lives", holds=not scene.stand.database.alive)
    told = (scene.stand.database.folder / "log").read_text("utf-8", "replace")
    scene.check("the log was never full", holds=_ENDED in told and _FULL in told)
    scene.stand.wait(5.0)
    ballast.unlink()
    scene.stand.held.discard("database")
    scene.until(scene.over, "it does not end")


@contextmanager
def _volume(place: Path, like: Path, megabytes: int = _MEGABYTES) -> Iterator[Path]:
    """A small volume at ``place`` whose owner is that of ``like``; NotRun without."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    place.mkdir()
    words = [
        mount or "",
        "-t",
        "tmpfs",
        "-o",
        f"size={megabytes}m",
        "tmpfs",
        str(place),
    ]
    if not mount or not umount or subprocess.run(words, check=False).returncode:  # noqa: S603 - our own words
        told = "no small volume can be mounted here: that needs root"
        raise NotRun(told)
    try:
        owner = like.stat()
        home = place / "tables"
        home.mkdir(mode=0o700)
        shutil.chown(home, owner.st_uid, owner.st_gid)
        yield home
    finally:
        # Lazily: a backend may hold files open that are gone.
        subprocess.run([umount, "-l", str(place)], check=False)  # noqa: S603 - our own words


SCENARIOS = (
    Scenario("volume-full", ("F38",), "the tables' volume is full for a while", _full),
    Scenario("log-full", ("F39",), "the log's volume is full for a while", _log_full),
)
