"""Child processes that end when they are told to, and when their parent is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_LINUX_TIES = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() != int(sys.argv[2]):
    sys.exit(1)
os.nice(int(sys.argv[1]))
try:
    open("/proc/self/autogroup", "w").write(sys.argv[1])
except OSError:
    pass
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""PR_SET_PDEATHSIG: the kernel sends SIGTERM to the child when its parent dies, so
that even a killed supervisor leaves nothing behind; it survives exec. A parent that
died before the question was put sends nothing: the child looks for itself. Where the
kernel shares processors by session, niceness counts for the session's group only."""

_SETTLED = 60.0
"""Seconds after which a process counts as well: its next end is met without delay."""


@dataclass(slots=True)
class Child:
    """One process of the tree, its log, and how often it had to be started."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    niceness: int = 0
    starts: int = 0
    due: float = 0.0
    began: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches us only."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                _tied(self.command, self.niceness),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts += 1
        self.began = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the process's whole group, if it is still there."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def cpu_seconds(self) -> float:
        """Processor seconds of the process and those below it."""
        if self.process is None or not self.alive:
            return 0.0
        us = psutil.Process(self.process.pid)
        times = [p.cpu_times() for p in [us, *us.children(recursive=True)]]
        return round(sum(t.user + t.system for t in times), 1)

    def restart_when_due(self, now: float) -> bool:
        """Start a process that ended by itself again, ever more patiently."""
        if self.alive:
            return False
        if not self.due:
            # A killed worker leaves its beat: that one must not tick for ever.
            self.tell(signal.SIGKILL)
            if now - self.began > _SETTLED:
                self.starts = 1
            self.due = now + min(30.0, 0.5 * 2 ** min(self.starts - 1, 6))
        if now < self.due:
            return False
        self.due = 0.0
        self.start()
        return True

    def last_words(self) -> str:
        """The end of the process's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-12:])


def _tied(command: list[str], niceness: int) -> list[str]:
    if sys.platform != "linux":
        return command
    given = [str(niceness), str(os.getpid())]
    return [sys.executable, "-S", "-E", "-c", _LINUX_TIES, *given, *command]


def stop_all(children: list[Child], patience: float) -> list[str]:
    """Stop ``children`` in order; return the names of those that had to be killed.

    Each is told SIGTERM and given ``patience`` seconds, then its group is killed.
    """
    killed = []
    for child in children:
        if not _ends(child, signal.SIGTERM, patience):
            killed.append(child.name)
        # Whatever a process left behind in its group goes with it.
        child.tell(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
    return killed


def _ends(child: Child, number: signal.Signals, patience: float) -> bool:
    if child.process is None or child.process.poll() is not None:
        return True
    os.kill(child.process.pid, number)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if child.process.poll() is not None:
            return True
        time.sleep(0.02)
    return False
