"""The migrations lead to exactly the tables that the code believes in, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from campaigns.orm import Base
from outreach import migrating
from outreach.database import connect


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of its own on either kind of server."""
    if request.param == "sqlite":
        address = f"sqlite+pysqlite:///{tmp_path / '空 的.db'}"
    else:
        address = request.getfixturevalue("postgresql_address")
        name = f"empty_{tmp_path.name.replace('-', '_')}"[:60].lower()
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as server:
            server.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        server_address = make_url(address).set(database=name)
        address = server_address.render_as_string(hide_password=False)
    opened = connect(address)
    yield opened.engine
    opened.dispose()


def test_upgrading_an_empty_database_gives_the_tables_of_the_code(
    empty: Engine,
) -> None:
    migrating.to(empty, "head")
    with empty.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    migrating.to(empty, "head")
    migrating.to(empty, "head")
    assert "member" in inspect(empty).get_table_names()


def test_going_back_to_the_beginning_leaves_no_table(empty: Engine) -> None:
    migrating.to(empty, "head")
    migrating.to(empty, "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
