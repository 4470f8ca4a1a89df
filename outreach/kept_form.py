"""What somebody had typed when a form could not be taken: given back to them alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import Unreadable
from campaigns.orm import Base, insert
from campaigns.privacy import Sealed
from outreach.sign_ins import SignIn, digest

LIVES = timedelta(minutes=30)
LONGEST = 100_000
"""Letters of a whole form: far more than the longest text, its names and marks."""
_PAGE = 500
_SECRET = frozenset({"password", "old", "new", "proof", "code", "pin"})
_OURS = frozenset({"csrf_token", "once", "page"})
LEFT_OUT = _SECRET | _OURS
"""Fields that nothing keeps: what proves who one is, and our own keys."""

Fields = list[tuple[str, str]]


class KeptForm(Base):
    """A person's last form that came without a good sign-in, key or proof.

    ``fields`` is the JSON of its names and values, sealed; ``page`` the address, with
    its query, that the form stands on. A second one takes the place of the first.
    """

    __tablename__ = "kept_form"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True
    )
    page: Mapped[str] = mapped_column(String(_PAGE))
    fields: Mapped[str] = mapped_column(Sealed("kept_form.fields"))
    kept_at: Mapped[datetime]


def whose(session: Session, token: str) -> int | None:
    """Whose sign-in ``token`` is or was: it opens nothing any more, but names them."""
    mine = select(SignIn.user_id).where(SignIn.token == digest(token))
    return session.scalar(mine)


def keep(
    session: Session,
    user_id: int,
    page: str,
    fields: Iterable[tuple[str, str]],
    now: datetime,
) -> bool:
    """Put a form by for its person; False where it is empty, or too long to keep."""
    typed = [(name, text) for name, text in fields if name not in LEFT_OUT]
    text = json.dumps(typed, ensure_ascii=False)
    if not any(value for _, value in typed) or len(text) > LONGEST:
        forget(session, user_id)
        return False
    facts = {"page": page[:_PAGE], "fields": text, "kept_at": now}
    made = insert(session, KeptForm).values(user_id=user_id, **facts)
    session.execute(made.on_conflict_do_update(index_elements=["user_id"], set_=facts))
    return True


def of(session: Session, user_id: int, now: datetime) -> tuple[str, Fields] | None:
    """The page and the fields that were kept for a person; None after half an hour."""
    fresh = KeptForm.user_id == user_id, KeptForm.kept_at > now - LIVES
    try:
        found = session.scalar(select(KeptForm).where(*fresh))
    except Unreadable:  # sealed with a key that is gone
        return None
    if found is None:
        return None
    return found.page, [(name, text) for name, text in json.loads(found.fields)]


def forget(session: Session, user_id: int) -> None:
    """The person went on."""
    session.execute(delete(KeptForm).where(KeptForm.user_id == user_id))


def expire(session: Session, now: datetime) -> None:
    """Nobody came back for these."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at <= now - LIVES))
