"""Tables of what providers said: failed attempts, and the inbox of reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key
from campaigns.vocabulary import Reason

STRANGE = ("unmatched", "other_number", "other_sending", "closed")
"""Results of reports that fit no message."""
_STRANGE = ", ".join(f"'{result}'" for result in STRANGE)


class Attempt(Base):
    """A try that did not end in acceptance: when, to whom, and what was answered."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    message_id: Mapped[int] = mapped_column(Key, index=True)
    number: Mapped[int]
    provider: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(24))
    code: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]


class Receipt(Base):
    """The append-only inbox of what providers reported.

    ``report`` is the SHA-256 of what identifies a report, so that a repeated one is
    stored once. ``part`` 0 means the whole message. ``applied_at`` stays empty until
    it is applied; one that matches nothing waits with ``retry_at``.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        Index(
            "receipt_waiting",
            "retry_at",
            "id",
            sqlite_where=text("applied_at IS NULL"),
            postgresql_where=text("applied_at IS NULL"),
        ),
        Index("receipt_message", "message_id"),
        Index(
            "receipt_strange",
            "received_at",
            sqlite_where=text(f"result IN ({_STRANGE})"),
            postgresql_where=text(f"result IN ({_STRANGE})"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    report: Mapped[bytes] = mapped_column(unique=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_ref: Mapped[str | None] = mapped_column(String(80))
    message_id: Mapped[int | None] = mapped_column(Key)
    attempt: Mapped[int | None]
    part: Mapped[int] = mapped_column(SmallInteger, default=0)
    state: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(24), default=Reason.NONE)
    status: Mapped[str] = mapped_column(String(40), default="")
    code: Mapped[str | None] = mapped_column(String(40))
    phone_index: Mapped[bytes | None] = mapped_column()
    provider_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    retry_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(24))
