"""Base class, column types and the few places where the two databases differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    Dialect,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    SQLColumnExpression,
    String,
    Subquery,
    Table,
    TypeDecorator,
    bindparam,
    cast,
    column,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite gives row ids to INTEGER keys only."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The aware UTC datetime of ``value`` microseconds since 1970."""
    return _EPOCH + value * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as integer microseconds since 1970.

    Integers compare alike on both databases and never lose their zone.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        """Store an aware datetime; a naive one raises TypeError."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        """Return the aware datetime."""
        return None if value is None else instant(value)


def closed(enum: type[StrEnum]) -> Enum:
    """A text column that holds the values of ``enum``."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Typed declarative base; constraints have names, so migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this attribute
        datetime: Instant,
        date: Date,
        bytes: LargeBinary,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
    }


def is_sqlite(session: Session) -> bool:
    """Tell whether this session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def number(value: int) -> ColumnElement[int]:
    """``value`` written into the statement instead of bound to it.

    A partial index serves only a query in which its condition stands literally: with
    a bound state PostgreSQL's generic plan of a claim took 68 ms instead of 1.
    """
    return literal_column(str(int(value)), Integer)


def by_key(column: SQLColumnExpression[int]) -> ColumnElement[int]:
    """``column``, compared in rows that are found by their keys: no index serves it.

    A partial index tempts the planner. With statistics from a time when nothing was
    queued (and at ten million messages a launch brings no new ones) it took all that
    is queued for one row, and went through it once for each row to be changed: ending
    2,000 of 16,000 took 11 s instead of 0.1.
    """
    return column + number(0)


class _Unrolled(FunctionElement[Any]):
    """A JSON array as rows with one column, ``value``."""

    name = "unrolled"
    inherit_cache = True


class _Item(FunctionElement[Any]):
    """One element of a JSON array, as text or as SQLite reads it."""

    name = "item"
    inherit_cache = True


@compiles(_Unrolled)
def _unrolled(element: _Unrolled, compiler: SQLCompiler, **_: object) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(element.clauses)} AS JSONB))"


@compiles(_Unrolled, "sqlite")
def _unrolled_sqlite(element: _Unrolled, compiler: SQLCompiler, **_: object) -> str:
    return f"json_each({compiler.process(element.clauses)})"


@compiles(_Item)
def _item(element: _Item, compiler: SQLCompiler, **_: object) -> str:
    array, place = (compiler.process(clause) for clause in element.clauses)
    return f"({array} ->> {place})"


@compiles(_Item, "sqlite")
def _item_sqlite(element: _Item, compiler: SQLCompiler, **_: object) -> str:
    array, place = (compiler.process(clause) for clause in element.clauses)
    return f"json_extract({array}, '$[{place}]')"


def rows(
    name: str, columns: Mapping[str, TypeEngine[Any] | type[TypeEngine[Any]]]
) -> Subquery:
    """A table ``name`` to join with, whose rows are the bound value ``name``.

    One text for any number of rows keeps statement caches warm, which VALUES of
    varying length would not. Bind what ``packed`` makes.
    """
    array = _Unrolled(bindparam(name, type_=String)).table_valued(column("value", JSON))
    return select(
        *(
            cast(_Item(array.c.value, number(place)), kind).label(label)
            for place, (label, kind) in enumerate(columns.items())
        )
    ).subquery(name)


def packed(values: Iterable[Sequence[Any]]) -> str:
    """``values`` as JSON, for ``rows``: elements must be what JSON can hold."""
    return json.dumps([list(value) for value in values])


def packed_ids(ids: Iterable[int]) -> str:
    """One-column rows of ``ids``."""
    return packed((key,) for key in ids)


def table_of(mapped: type[Base]) -> Table:
    """The table of a mapped class, for statements that need no objects."""
    table: Table = mapped.metadata.tables[mapped.__tablename__]
    return table


def insert(session: Session, mapped: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """The dialect's INSERT, which knows ON CONFLICT."""
    table = table_of(mapped)
    return sqlite.insert(table) if is_sqlite(session) else postgresql.insert(table)


@cache
def _insert_new(
    dialect: str, table: Table, key: str, names: tuple[str, ...]
) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[key])
    given = rows("given", {name: _stored_as(table.c[name].type) for name in names})
    taken = select(*(given.c[name] for name in names))
    fresh = postgresql.insert(table).from_select(list(names), taken)
    return fresh.on_conflict_do_nothing(index_elements=[key])


def insert_new(
    session: Session, mapped: type[Base], rows_: list[dict[str, Any]], key: str
) -> None:
    """Insert the rows whose ``key`` is not there yet; all name the same columns.

    The statement is made once. PostgreSQL gets all rows as one value: a statement for
    each took three times the processor of both sides.
    """
    dialect, names = session.get_bind().dialect.name, tuple(rows_[0])
    statement = _insert_new(dialect, table_of(mapped), key, names)
    if dialect == "sqlite":
        session.execute(statement, rows_)
        return
    given = packed([_plain(row[name]) for name in names] for row in rows_)
    session.execute(statement, {"given": given})


def _stored_as(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _plain(value: Any) -> Any:  # noqa: ANN401
    """``value`` as JSON holds it and PostgreSQL casts it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return micros(value) if isinstance(value, datetime) else value
