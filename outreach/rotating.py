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

from sqlalchemy import (
    Column,
    LargeBinary,
    Table,
    Update,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
)

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
        new: list[dict[str, Any]] = [
            made for row in rows if (made := _anew(table, columns, row, done))
        ]
        if new:
            session.execute(_change(table, key, columns), new)
            done.sealed += sum(
                each[f"new_{column.name}"] is not None
                for each in new
                for column in columns
            )
    return rows[-1][0] if rows else None


def _anew(
    table: Table,
    columns: Sequence[Column[Any]],
    row: Any,  # noqa: ANN401 - a key and sealed values
    done: Round,
) -> dict[str, Any] | None:
    """A row's values as they were and opened; None where one does not open."""
    made: dict[str, Any] = {"row": row[0]}
    for column, value in zip(columns, row[1:], strict=True):
        kind: Any = column.type
        try:
            plain = None if value is None else privacy.unseal(bytes(value), kind.column)
        except Unreadable:
            done.damaged.append(f"{table.name} {row[0]}")
            return None
        made |= {f"old_{column.name}": value, f"new_{column.name}": plain}
    return made


def _change(table: Table, key: Column[Any], columns: Sequence[Column[Any]]) -> Update:
    """Seal a row anew, only while it is what was read: a change in between wins."""
    same = (
        _raw(column).is_not_distinct_from(
            bindparam(f"old_{column.name}", type_=LargeBinary)
        )
        for column in columns
    )
    new: dict[str, Any] = {
        column.name: bindparam(f"new_{column.name}") for column in columns
    }
    return table.update().where(key == bindparam("row"), *same).values(new)
