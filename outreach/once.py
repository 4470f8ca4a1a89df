"""One-time keys of forms: pressing a button twice does the deed once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.orm import Base, Key, is_sqlite

KEPT = timedelta(days=1)
_KEY_BYTES = 16
_LONGEST_KEY = 43


class OnceKey(Base):
    """A key that was used, by whom, and where its answer led."""

    __tablename__ = "once_key"

    key: Mapped[str] = mapped_column(String(_LONGEST_KEY), primary_key=True)
    user_id: Mapped[int] = mapped_column(Key)
    used_at: Mapped[datetime] = mapped_column(index=True)
    location: Mapped[str | None] = mapped_column(String(500))


def new_key() -> str:
    """A key for one form on one page."""
    return secrets.token_urlsafe(_KEY_BYTES)


def use(session: Session, key: str, *, user_id: int, now: datetime) -> bool:
    """Whether the key is used for the first time; of two presses one wins."""
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(delete(OnceKey).where(OnceKey.used_at < now - KEPT))
    row = {"key": key[:_LONGEST_KEY], "user_id": user_id, "used_at": now}
    made = insert(OnceKey).values(row).on_conflict_do_nothing()
    return session.execute(made.returning(OnceKey.key)).scalar() is not None


def answered(session: Session, key: str, location: str) -> None:
    """Remember where the first press led."""
    session.execute(
        update(OnceKey).where(OnceKey.key == key).values(location=location[:500])
    )


def give_back(session: Session, key: str) -> None:
    """The deed did not happen: the same form may be sent again."""
    session.execute(delete(OnceKey).where(OnceKey.key == key))


def led_to(session: Session, key: str, user_id: int) -> str | None:
    """Where the first press led; None while it is still at work."""
    mine = OnceKey.key == key, OnceKey.user_id == user_id
    return session.scalar(select(OnceKey.location).where(*mine))
