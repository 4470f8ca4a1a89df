"""Brings a database to this version's tables, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from outreach import database
from outreach.settings import Settings


def migrate(settings: Settings) -> None:
    """Upgrade the database of ``settings`` to the newest step, in one transaction."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    opened = database.connect(settings.database_address)
    try:
        to(opened.engine, "head")
    finally:
        opened.dispose()


def to(engine: Engine, revision: str) -> None:
    """Move ``engine`` to ``revision``, forward or back; nothing to do is quick."""
    with engine.execution_options(outreach_begin="IMMEDIATE").begin() as connection:
        here = current(connection)
        if revision == "head" and here == newest():
            return
        config = configuration(connection)
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def current(connection: Connection) -> str | None:
    """The step that the database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The newest step's number."""
    head = ScriptDirectory.from_config(configuration(None)).get_current_head()
    return head or ""


def configuration(connection: Connection | None) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
