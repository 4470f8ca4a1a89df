"""Numbers that were given after a backup are never given again after its restore.

A carrier or an open page may still hold the number of something that a restored
database has forgotten: a late receipt must not be counted for another message, nor a
tap for another announcement. So new rows begin at a number that says when the restore
was; a fixed gap would be given twice where one backup is restored twice. SQLite gives
numbers of deleted rows again unless a table is ``AUTOINCREMENT``, as these are.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

PACES = {"message": 1000, "campaign": 1, "announcement": 10, "visit": 10}
"""More of each than are made in a second for long. Messages fit the twelve digits of a
serial, and campaigns the four bytes of a token, until 2057."""
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def leap(connection: Connection, now: datetime) -> None:
    """Let the numbers of ``PACES``' tables begin where no earlier ones can be."""
    for table, pace in PACES.items():
        last = connection.scalar(text(f"SELECT max(id) FROM {table}")) or 0  # noqa: S608  # nosec B608  # our own names
        begin = max(last, int((now - _SINCE).total_seconds()) * pace)
        values = {"name": table, "last": begin}
        if connection.dialect.name == "sqlite":
            forget = text("DELETE FROM sqlite_sequence WHERE name = :name")
            connection.execute(forget, values)
            said = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"
        else:
            said = "SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"
        connection.execute(text(said), values)
