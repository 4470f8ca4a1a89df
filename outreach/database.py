"""Engines and sessions: one way to read, one way to write, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from campaigns.register.scope import Scope
from outreach import rows

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
)

_LIMITS = ("lock_timeout=3s", "idle_in_transaction_session_timeout=60s")
"""Nobody piles up behind a lock that somebody forgot, and nobody forgets one for long:
a process that is frozen in a claim holds its provider's line.

A statement's own time has no limit: freezing two million people is one statement.
"""


@dataclass(slots=True)
class Database:
    """Session makers over one engine.

    ``writing`` begins IMMEDIATE on SQLite, so that two writers wait for each other
    instead of failing half-way; one lock a process keeps its own threads in order.
    """

    engine: Engine
    _reader: sessionmaker[Session]
    _writer: sessionmaker[Session]
    _turn: Lock

    @contextmanager
    def reading(
        self, patience: int = 0, scope: Scope | None = None
    ) -> Iterator[Session]:
        """A session that only reads.

        With ``patience``, PostgreSQL gives up a statement after so many milliseconds,
        which raises OperationalError; with ``scope`` it shows the web's role the rows
        of those people, and without one none.
        """
        with self._reader() as session:
            if self.engine.dialect.name != "sqlite":
                rows.limit(session, scope, patience)
            yield session

    @contextmanager
    def writing(self, scope: Scope | None = None) -> Iterator[Session]:
        """A transaction: commits at the end, rolls back on any error."""
        if self.engine.dialect.name != "sqlite":
            with self._writer() as session:
                rows.limit(session, scope)
                with session.begin():
                    yield session
            return
        with self._turn, self._writer.begin() as session:
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def connect(address: str, **options: Any) -> Database:  # noqa: ANN401
    """Open the database at ``address``; make it after a fork, never before."""
    # Errors go to logs: the values of a statement must not.
    options = {"hide_parameters": True, **_pool(address), **options}
    engine = create_engine(address, **options)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    immediate = engine.execution_options(outreach_begin="IMMEDIATE")
    return Database(
        engine,
        sessionmaker(engine, expire_on_commit=False),
        sessionmaker(immediate, expire_on_commit=False),
        Lock(),
    )


def _pool(address: str) -> dict[str, Any]:
    if address.startswith("sqlite"):
        return {"connect_args": {"timeout": 30, "check_same_thread": False}}
    return {
        "pool_pre_ping": True,
        "pool_recycle": 300,
        "pool_size": 10,
        "max_overflow": 20,
        "connect_args": {
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "options": " ".join(f"-c {limit}" for limit in _LIMITS),
        },
    }


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401
        # The driver's own BEGIN comes too late for WAL readers: we send it ourselves.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:  # noqa: ANN401
        mode = connection.get_execution_options().get("outreach_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
