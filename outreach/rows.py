"""Which people's rows PostgreSQL shows a transaction of the web, by its two settings.

The policies stand in the first migration. They hold for the role ``outreach_web``; for
the workers' role and for the tables' owner every row is there.
"""

from __future__ import annotations

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

from campaigns.orm import is_sqlite
from campaigns.register.scope import Scope

_NAME = text(
    "SELECT set_config('app.places', :places, true), "
    "set_config('app.categories', :categories, true), "
    "set_config('statement_timeout', :patience, true)"
)
"""One statement, because each costs a page a way to the database and back."""

WIDEN = text(
    "SELECT set_config('app.places', :places, true), "
    "set_config('app.categories', :categories, true)"
)

_UNLIMITED = text(
    "SELECT rolsuper OR rolbypassrls OR pg_has_role(relowner, 'USAGE') "
    "FROM pg_roles, pg_class "
    "WHERE rolname = current_user AND pg_class.oid = 'member'::regclass"
)
_WORKS = text(
    "SELECT coalesce(bool_or(pg_has_role(oid, 'USAGE')), true) "
    "FROM pg_roles WHERE rolname = 'outreach_worker'"
)


def limit(session: Session, scope: Scope | None, patience: int = 0) -> None:
    """Name ``scope`` and ``patience`` at the beginning of each transaction."""
    if scope is None and not patience:
        return
    values = {
        "places": patterns(scope) if scope else "",
        "categories": str(scope.categories) if scope else "",
        "patience": str(patience),
    }

    @event.listens_for(session, "after_begin")
    def _name(_: Session, __: SessionTransaction, connection: Connection) -> None:
        connection.execute(_NAME, values)


def show_all(session: Session) -> None:
    """From here on this transaction sees everybody.

    For rules that concern more people than the reader may see, such as who else is
    reached by a number; what is shown still goes through ``Scope``.
    """
    if not is_sqlite(session):
        whole = Scope.everything()
        values = {"places": patterns(whole), "categories": str(whole.categories)}
        session.execute(WIDEN, values)


def limited(session: Session) -> bool:
    """Whether policies limit this user at all: the owner and superusers see every row.

    True on SQLite, which has no users.
    """
    return is_sqlite(session) or not session.scalar(_UNLIMITED)


def sees_all(connection: Connection) -> bool:
    """Whether this user of PostgreSQL sees every row, as workers and the owner do."""
    return bool(connection.scalar(_WORKS))


def patterns(scope: Scope) -> str:
    """The places of ``scope`` as an array of patterns; what is no code names nobody."""
    if not scope.places:
        return "{%}"
    codes = (code for code in scope.places if code.isascii() and code.isdecimal())
    return "{" + ",".join(f"{code}%" for code in codes) + "}"
