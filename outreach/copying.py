"""All rows of a database at one moment, out to files and back, while it is in use.

SQLite by its own backup interface; PostgreSQL by COPY in one snapshot, so that no
client of the server's version need be installed beside us.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Engine, Table, text

from campaigns.errors import NotReady, mark
from campaigns.orm import Base
from outreach import rows

SQLITE = "database.sqlite"
_PARTIAL = mark(
    "这个数据库用户看不到全部的行，备份会缺人。请在 worker 里运行，或者用主人的地址。"
)
_PAGES = 2000
_CHUNK = 2**20


def copy_sqlite(source: Path, target: Path) -> None:
    """Write ``source``, as it is at one moment, to the new file ``target``."""
    with (
        closing(sqlite3.connect(source)) as live,
        closing(sqlite3.connect(target)) as to,
    ):
        # In steps: writers of the live database get their turn in between.
        live.backup(to, pages=_PAGES, sleep=0.01)
        to.execute("PRAGMA journal_mode=DELETE")


def copy_out(engine: Engine, folder: Path) -> None:
    """Write every table of one snapshot to ``folder``, a file each.

    Raises NotReady where row-level security would leave people out.
    """
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        if not rows.sees_all(connection):
            raise NotReady(_PARTIAL)
        for table in Base.metadata.sorted_tables:
            with (
                (folder / f"{table.name}.copy").open("wb") as file,
                _cursor(connection) as cursor,
                cursor.copy(_statement("COPY {} ({}) TO STDOUT", table)) as copied,
            ):
                for data in copied:
                    file.write(data)


def copy_in(connection: Connection, folder: Path) -> None:
    """Fill the empty tables of ``connection`` from what ``copy_out`` wrote."""
    for table in Base.metadata.sorted_tables:
        with (
            (folder / f"{table.name}.copy").open("rb") as file,
            _cursor(connection) as cursor,
            cursor.copy(_statement("COPY {} ({}) FROM STDIN", table)) as copied,
        ):
            while data := file.read(_CHUNK):
                copied.write(data)
        _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """New rows get the numbers after the last one."""
    sequence = (
        connection.scalar(
            text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}
        )
        if "id" in table.c
        else None
    )
    if sequence:
        last = f"SELECT setval('{sequence}', max(id)) FROM {table.name}"  # noqa: S608  # nosec B608  # our own names
        connection.exec_driver_sql(last)


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        yield cursor


def _statement(form: str, table: Table) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c)
    return sql.SQL(form).format(sql.Identifier(table.name), columns)
