"""The embedded stack in one process tree: broker, simulator, workers and web server."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self
from urllib.error import URLError
from urllib.request import urlopen

from campaigns.errors import NotReady, mark
from outreach import broker
from outreach.children import Child, stop_all
from outreach.settings import Settings, inherited
from outreach.stopping import uninterrupted

_READY_SECONDS = 60.0
_PATIENCE = 12.0


@dataclass(slots=True)
class Stack:
    """The processes of one data folder; used as a context manager, or by ``run``.

    ``behaviour`` is what the simulated provider does otherwise than by default.
    """

    settings: Settings
    behaviour: dict[str, float] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    _lock: IO[str] | None = None

    def start(self) -> None:
        """Start everything and return when the web server answers.

        Raises NotReady when this folder's stack already runs, a port is taken, or a
        process ends at once.
        """
        self._claim_folder()
        for port in (self.settings.port, self.settings.simulator_port):
            _check_port(port)
        start_broker = self._child("valkey", broker.command(self.settings))
        self._start(start_broker)
        _wait(lambda: broker.answers(self.settings), start_broker)
        for child in self._others():
            self._start(child)
        web = self.children[-1]
        _wait(lambda: _answers(f"{self.settings.local_url}/healthz"), web)
        # Last, so that it takes no processor from what people wait for.
        self._start(self._recorder())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder without starting anything. Raises NotReady while it runs."""
        self._claim_folder()
        try:
            yield
        finally:
            self.stop()

    def _others(self) -> list[Child]:
        us = [sys.executable, "-m", "outreach"]
        return [
            self._child("simulator", [*us, "simulator", *self._manners()]),
            self._child("worker", [*us, "worker", "--beat"]),
            self._child("web", [*us, "web"]),
        ]

    def _recorder(self) -> Child:
        command = [sys.executable, "-m", "outreach", "worker", "--queues", "record"]
        # Speech takes a whole processor: it must not starve sending.
        return self._child("recorder", command, niceness=10)

    def _manners(self) -> list[str]:
        return ["--behaviour", json.dumps(self.behaviour)] if self.behaviour else []

    def _child(self, name: str, command: list[str], niceness: int = 0) -> Child:
        settings = self.settings
        environment = inherited(
            OUTREACH_DATA_DIR=str(settings.data_dir.resolve()),
            OUTREACH_PORT=str(settings.port),
            OUTREACH_SIMULATOR_PORT=str(settings.simulator_port),
            PYTHONUNBUFFERED="1",
        )
        log = settings.data_dir.resolve() / "logs" / f"{name}.log"
        return Child(name, command, environment, log, niceness)

    def _start(self, child: Child) -> None:
        with uninterrupted():
            child.start()
            self.children.append(child)

    def tend(self) -> list[str]:
        """Restart what ended by itself; return the names of what was restarted."""
        now = time.monotonic()
        with uninterrupted():
            return [c.name for c in self.children if c.restart_when_due(now)]

    def cpu_seconds(self) -> dict[str, float]:
        """Processor seconds of each process and those below it, since it started."""
        with uninterrupted():
            return {child.name: child.cpu_seconds() for child in self.children}

    def stop(self) -> list[str]:
        """Stop everything, the broker last; return the names of what was killed."""
        with uninterrupted():
            killed = stop_all(list(reversed(self.children)), _PATIENCE)
            self.children.clear()
        self.settings.socket_path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        return killed

    def _claim_folder(self) -> None:
        path = self.settings.data_dir.resolve() / "up.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            facts = json.loads(lock.read() or "{}")
            lock.close()
            raise NotReady(
                mark(
                    "这个文件夹里的服务已经在运行（进程 %(pid)s，%(address)s）。"
                    "要重新启动，请先在它的窗口按 Ctrl-C。"
                ),
                pid=facts.get("pid", "?"),
                address=facts.get("address", "?"),
            ) from None
        lock.truncate(0)
        json.dump({"pid": os.getpid(), "address": self.settings.own_url}, lock)
        lock.flush()
        self._lock = lock

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def free_port(wanted: int) -> int:
    """``wanted`` where it is free, else a free port of the system's choosing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _check_port(port: int) -> None:
    if free_port(port) != port:
        raise NotReady(
            mark(
                "端口 %(port)s 已被别的程序占用。请关掉那个程序，"
                "或换一个端口：OUTREACH_PORT=8010 outreach up。"
            ),
            port=port,
        )


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310  # nosec B310  # our own
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (URLError, OSError):
        return False


def _wait(ready: Callable[[], bool], child: Child) -> None:
    until = time.monotonic() + _READY_SECONDS
    while not ready():
        with uninterrupted():
            alive = child.alive
        if not alive or time.monotonic() > until:
            raise NotReady(
                mark("“%(name)s”没有启动起来。它最后说：\n%(words)s\n日志在 %(log)s。"),
                name=child.name,
                words=child.last_words(),
                log=Path(child.log).name,
            )
        time.sleep(0.03)
