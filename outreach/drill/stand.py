"""The stand of a drill: every process of a production county, to be knocked over."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil
from redis import Redis
from redis.exceptions import RedisError

from campaigns.errors import NotReady, mark
from outreach import broker
from outreach.children import Child, stop_all
from outreach.drill.relay import Relay
from outreach.drill.stand_settings import environment, settings_of
from outreach.migrating import migrate
from outreach.postgres import Postgres
from outreach.settings import Settings, inherited
from outreach.simulator import asking
from outreach.stopping import uninterrupted
from outreach.supervisor import free_port
from outreach.watcher import Watcher

_POSTGRES = "max_connections = 60\nlog_min_messages = warning\n"
_READY_SECONDS = 90.0
_PATIENCE = 40.0
_NOT_UP = mark("演练的进程没有全部启动：%(names)s。日志在 %(folder)s。")


class Stand:
    """PostgreSQL, Valkey behind a relay, simulator, web, two beats and the workers."""

    def __init__(
        self, *, workers: int, seed: int, lease_seconds: int, rate: int = 0
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="outreach-drill-"))
        self._watcher = Watcher(self.folder)
        self.killed: Counter[str] = Counter()
        self.held: set[str] = set()
        self.database = Postgres(self.folder / "postgresql")
        self.database.configure(_POSTGRES)
        own = Settings(_env_file=None, data_dir=self.folder / "broker", broker_url="")
        self.broker_socket = own.socket_path
        self._broker_settings = own
        self.relay = Relay(free_port(0), self.broker_socket, seed)
        self.settings = settings_of(
            self.folder, self.database, self.relay.port, lease_seconds, rate
        )
        self._given = environment(self.settings)
        names = [f"worker{n}" for n in range(1, workers + 1)]
        self.workers = tuple(names)
        self.children = {
            "broker": self._child("broker", broker.command(own)),
            "simulator": self._ours("simulator"),
            "web": self._ours("web"),
            **{name: self._ours("worker", name) for name in names},
            # Two of everything that keeps time: a row of duty decides, not luck.
            "beat1": self._ours("beat", "beat1"),
            "beat2": self._ours("beat", "beat2"),
        }

    def _ours(self, command: str, name: str = "") -> Child:
        words = [sys.executable, "-m", "outreach", command]
        return self._child(name or command, words)

    def _child(self, name: str, command: list[str], **other: str) -> Child:
        log = self.folder / "logs" / f"{name}.log"
        return Child(name, command, inherited(**{**self._given, **other}), log)

    def add(self, name: str, command: list[str], **other: str) -> None:
        """Start one process more, with ``other`` words in its environment."""
        child = self.children[name] = self._child(name, command, **other)
        with uninterrupted():
            child.start()

    def remove(self, name: str, patience: float = _PATIENCE) -> bool:
        """Stop a process for good; False where it had to be killed."""
        with uninterrupted():
            return not stop_all([self.children.pop(name)], patience)

    def start(self) -> None:
        """Start everything; return when the web server and the workers answer."""
        migrate(self.settings)
        self.relay.start()
        for child in self.children.values():
            with uninterrupted():
                child.start()
        self.until(self.up, _READY_SECONDS, _NOT_UP)

    def up(self) -> bool:
        """Whether broker, simulator and web answer and every process runs."""
        alive = all(child.alive for child in self.children.values())
        return alive and self.broker_answers() and self._carrier() and self._web()

    def _carrier(self) -> bool:
        with suppress(Exception):
            return bool(asking.summary(self.settings)) or True
        return False

    def _web(self) -> bool:
        return free_port(self.settings.port) != self.settings.port

    def broker_answers(self) -> bool:
        """Whether the broker itself, without the relay, answers."""
        return broker.answers(self._broker_settings)

    def queue(self) -> Redis:
        """A client of the broker itself, without the relay."""
        path = str(self._broker_settings.socket_path)
        return Redis(unix_socket_path=path, socket_timeout=5)

    def forget_queue(self) -> None:
        """FLUSHALL."""
        with suppress(RedisError, OSError), self.queue() as client:
            client.flushall()

    def behave(self, **changed: Any) -> None:  # noqa: ANN401 - a behaviour's fields
        """Change how the simulated carrier behaves, from now on and after a start."""
        asking.behave(self.settings, **changed)

    def kill(self, name: str) -> None:
        """SIGKILL a process with its group; the database is stopped immediately."""
        self.killed[_kind(name)] += 1
        if name == "database":
            self.database.kill()
            return
        child = self.children[name]
        child.tell(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
        # A supervisor grows patient with a process that dies often: a drill does not.
        child.starts, child.due = 1, 0.0

    def kill_one_of(self, name: str) -> int:
        """SIGKILL one process of a worker's pool, as the kernel out of memory does.

        Returns 1, or 0 where the worker has none at the moment.
        """
        for process in self.pool(name)[-1:]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
                self.killed["pool process"] += 1
                return 1
        return 0

    def pool(self, name: str) -> list[psutil.Process]:
        """The processes below a worker."""
        process = self.children[name].process
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(process.pid).children() if process else []
        return []

    def tell(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process's group: SIGSTOP freezes, SIGCONT wakes."""
        self.children[name].tell(number)

    def terminate(self, name: str) -> None:
        """SIGTERM to a process alone, as a service manager does."""
        process = self.children[name].process
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

    def tend(self) -> None:
        """Start again what is down and is not held down by a scenario."""
        now = time.monotonic()
        if "database" not in self.held and not self.database.alive:
            self.database.start()
        for name, child in self.children.items():
            if name not in self.held:
                with uninterrupted():
                    child.restart_when_due(now)

    def until(
        self, question: Callable[[], object], patience: float, failing: str = ""
    ) -> bool:
        """Tend and ask until it is true; False, or NotReady, when time is up."""
        end = time.monotonic() + patience
        while not question():
            if time.monotonic() > end:
                if not failing:
                    return False
                down = [n for n, child in self.children.items() if not child.alive]
                raise NotReady(
                    failing, names="、".join(down), folder=self.folder / "logs"
                )
            self.tend()
            time.sleep(0.05)
        return True

    def wait(self, seconds: float) -> None:
        """Let time pass, tending."""
        self.until(lambda: False, seconds)

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        for name, child in self.children.items():
            if name in self.held:
                child.tell(signal.SIGCONT)
        with uninterrupted():
            stop_all(list(reversed(self.children.values())), _PATIENCE)
            self.relay.stop()
            self.database.kill()
        shutil.rmtree(self._broker_settings.socket_path.parent, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._watcher.close()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _kind(name: str) -> str:
    return name.rstrip("0123456789")
