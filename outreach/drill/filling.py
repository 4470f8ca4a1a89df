"""A scenario in which a volume of the database is full for a while."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaigns.vocabulary import MessageState
from outreach.drill.scene import NotRun, Scenario, Scene

_SIZE = "32m"
_TABLES = ("message", "attempt", "receipt", "tally_delta")
"""What sending and receiving write; it lies on the small volume meanwhile."""
_FULL = "No space left on device"
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


@contextmanager
def _volume(place: Path, like: Path) -> Iterator[Path]:
    """A small volume at ``place`` whose owner is that of ``like``; NotRun without."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    place.mkdir()
    words = [mount or "", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)]
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
)
