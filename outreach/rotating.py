"""Sealing every personal column anew under the current key, while the service runs.

Short batches by primary key, each its own transaction. What carries the current key's
number is done, so that stopping and starting again goes on where it was; a value that
somebody changed in between is left to the next round.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, func, or_, select, type_coerce

import outreach.tables  # noqa: F401 - every table may hold sealed columns
from campaigns import privacy
from campaigns.errors import Unreadable
from campaigns.orm import Base
from campaigns.privacy import Sealed
from outreach.database import Database

_BATCH = 100


@dataclass(slots=True)
class Round:
    """What one round did: values sealed anew, and rows that do not open."""

    sealed: int = 0
    damaged: list[str] = field(default_factory=list)


def rotate(database: Database, batch: int = _BATCH) -> Round:
    """Seal anew what an older key sealed; one whole round over all tables."""
    done = Round()
    for table, columns in sealed_columns():
        after: Any = None
        while True:
            began = time.monotonic()
            after = _batch(database, table, columns, after, batch, done)
            if after is None:
                break
            # SQLite has one writer: others get as long a turn as we had.
            time.sleep(time.monotonic() - began)
    return done


def left(database: Database) -> int:
    """How many rows still carry another key than the current one."""
    with database.reading() as session:
        return sum(
            session.scalar(
                select(func.count()).select_from(table).where(_older(columns))
            )
            or 0
            for table, columns in sealed_columns()
        )


def sealed_columns() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Every table with sealed columns, and which those are."""
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.c if isinstance(column.type, Sealed)]
        if columns:
            yield table, columns


def _older(columns: Sequence[Column[Any]]) -> Any:  # noqa: ANN401 - a condition
    current = bytes([privacy.current_key()])
    return or_(*(func.substr(_raw(column), 1, 1) != current for column in columns))


def _raw(column: Column[Any]) -> Any:  # noqa: ANN401 - a column without its type
    return type_coerce(column, LargeBinary)


def _batch(  # noqa: PLR0913, PLR0917 - one step of a walk
    database: Database,
    table: Table,
    columns: list[Column[Any]],
    after: Any,  # noqa: ANN401 - the last key, whatever its type
    size: int,
    done: Round,
) -> Any:  # noqa: ANN401
    (key,) = table.primary_key.columns
    found = (
        select(key, *(_raw(column).label(column.name) for column in columns))
        .where(_older(columns))
        .order_by(key)
        .limit(size)
    )
    with database.writing() as session:
        query = found if after is None else found.where(key > after)
        rows = session.execute(query).all()
        for row in rows:
            _row(session, table, key, columns, row, done)
    return rows[-1][0] if rows else None


def _row(  # noqa: PLR0913, PLR0917
    session: Any,  # noqa: ANN401 - mypy knows it where it is made
    table: Table,
    key: Column[Any],
    columns: list[Column[Any]],
    row: Any,  # noqa: ANN401
    done: Round,
) -> None:
    current = privacy.current_key()
    for column, value in zip(columns, row[1:], strict=True):
        if value is None or value[0] == current:
            continue
        kind: Any = column.type
        try:
            plain = privacy.unseal(bytes(value), kind.column)
        except Unreadable:
            done.damaged.append(f"{table.name} {row[0]}")
            continue
        # Only while it is what was read: a change in between wins.
        session.execute(
            table.update()
            .where(key == row[0], _raw(column) == value)
            .values({column.name: plain})
        )
        done.sealed += 1
