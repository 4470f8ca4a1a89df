"""How Alembic meets our database: its tables, its types, and one transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Enum
from sqlalchemy.types import TypeEngine

import outreach.tables  # noqa: F401 - every table must be known
from campaigns.orm import Base, Instant, Key
from campaigns.privacy import Sealed


def _render(kind: str, thing: Any, _: object) -> str | Literal[False]:  # noqa: ANN401
    """Write our column types as plain ones, so that old steps outlive our classes."""
    return (_plain(thing) if kind == "type" else None) or False


def _plain(thing: TypeEngine[Any]) -> str | None:
    if thing is Key:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if isinstance(thing, Instant):
        return "sa.BigInteger()"
    if isinstance(thing, Sealed):
        return "sa.LargeBinary()"
    if isinstance(thing, Enum):
        return f"sa.String(length={thing.length})"
    return None


def run() -> None:
    """Run the steps on the connection that ``outreach.migrating`` hands over."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        transaction_per_migration=False,
    )
    context.run_migrations()


run()
