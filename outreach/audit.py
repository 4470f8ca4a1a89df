"""Who did what, when and with which result: append-only, each row chained to the last.

The database itself refuses to change a row or to take one out (see the migrations);
whoever holds its file is found out: ``hash`` is SHA-256 over the row's facts and the
hash before it, so that a changed or missing row is found by recomputing.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.orm import Base, Key, micros

FACTS = (
    *("at", "user_id", "role", "action", "subject", "result", "details", "before"),
)
"""The columns that a row's hash covers; ``at`` in microseconds since 1970."""


class AuditRow(Base):
    """One deed. ``details`` never holds personal data, only ids and figures."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(Key)
    role: Mapped[str] = mapped_column(String(24), default="")
    action: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(40), default="", index=True)
    result: Mapped[str] = mapped_column(String(24), default="done")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


def note(  # noqa: PLR0913 - who, what, to which, how it ended
    session: Session,
    action: str,
    subject: str = "",
    *,
    user_id: int | None = None,
    role: str = "",
    result: str = "done",
    details: dict[str, Any] | None = None,
    now: datetime,
) -> AuditRow:
    """Append one deed in the caller's transaction.

    ``before`` is unique: of two writers that saw the same last row one fails and
    repeats, so that the chain never forks.
    """
    last = select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
    row = AuditRow(
        at=now,
        user_id=user_id,
        role=role,
        action=action,
        subject=subject,
        result=result,
        details=details or {},
        before=session.scalar(last.with_for_update()) or "0" * 64,
    )
    row.hash = digest(row)
    session.add(row)
    session.flush()
    return row


def latest(  # noqa: PLR0913 - what the log can be narrowed to
    session: Session,
    limit: int = 50,
    *,
    before: int | None = None,
    action: str = "",
    subject: str = "",
    user_id: int | None = None,
) -> list[AuditRow]:
    """The last deeds, the newest first, ``before`` an id."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.id < before)
    if action:
        query = query.where(AuditRow.action == action)
    if subject:
        query = query.where(AuditRow.subject == subject)
    if user_id is not None:
        query = query.where(AuditRow.user_id == user_id)
    return list(session.scalars(query))


def facts_of(row: AuditRow) -> list[Any]:
    """What the hash of ``row`` is made from, in the order of ``FACTS``."""
    values = [getattr(row, name) for name in FACTS]
    return [micros(row.at), *values[1:]]


def hash_of(facts: list[Any]) -> str:
    """The hash over ``facts``."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(row: AuditRow) -> str:
    """The hash that ``row`` must have."""
    return hash_of(facts_of(row))


def broken_at(session: Session) -> int | None:
    """The id of the first row that does not fit the chain, or None."""
    before = "0" * 64
    rows = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)
    with session.scalars(rows) as found:
        for row in found:
            if row.before != before or row.hash != digest(row):
                return row.id
            before = row.hash
    return None
