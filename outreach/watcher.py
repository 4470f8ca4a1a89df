"""Ends what would outlive its killed owner, and removes the owner's folder.

A child hears from the kernel that its parent is gone; a PostgreSQL has left the tree,
and a stopped process hears nothing. A watcher reads a pipe that ends with the owner,
however that died, and then looks for what says itself that it lives in the folder.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

_PATIENCE = 30.0


class Watcher:
    """A process beside us that outlives us.

    ``folder`` is the owner's alone: a fresh one, whose path nobody else was given.
    Its processes may take ``grace`` seconds to end by themselves, or to begin.
    """

    def __init__(self, folder: Path, grace: float = 5.0) -> None:
        """Begin to watch."""
        given = [str(folder.resolve()), str(grace)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "outreach.watcher", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def close(self) -> None:
        """All was ended in order; nothing is left to do."""
        self._process.communicate(b".")


def watch(folder: Path, grace: float) -> None:
    """Wait for the owner's end; clear up where there was no farewell."""
    if sys.stdin.buffer.read(1):
        return
    began = time.monotonic()
    while (age := time.monotonic() - began) < _PATIENCE:
        left = list(_living_in(folder))
        if not left and age > grace:
            break
        for process in left:
            with suppress(psutil.Error):
                _end(process, late=age > grace)
        time.sleep(0.2)
    shutil.rmtree(folder, ignore_errors=True)


def _end(process: psutil.Process, *, late: bool) -> None:
    if process.name() == "postgres":
        # At once, without a checkpoint; after SIGKILL its shared memory would stay.
        process.send_signal(signal.SIGQUIT)
    elif late:
        process.kill()
    else:
        # A stopped one has the kernel's SIGTERM before it and cannot take it.
        process.send_signal(signal.SIGCONT)


def _living_in(folder: Path) -> Iterator[psutil.Process]:
    """Processes that work in ``folder`` or were given it as their data's."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            given = process.environ().get("OUTREACH_DATA_DIR", "/")
            if any(Path(p).is_relative_to(folder) for p in (given, process.cwd())):
                yield process


if __name__ == "__main__":
    watch(Path(sys.argv[1]), float(sys.argv[2]))
