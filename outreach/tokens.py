"""Tokens for the API: each acts in one grant of its maker, for a time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotFound, Refused, mark
from campaigns.orm import Base, Key
from outreach.access import Acting, Action, may
from outreach.accounts import Grant, User
from outreach.sign_ins import acting_in

DAYS = (7, 30, 90, 365)
_AT_ONCE = 10
_BYTES = 32
_PREFIX = "lx_"
"""Lets a search for secrets find one that was left somewhere."""
_TOUCH = timedelta(minutes=1)


class ApiToken(Base):
    """One token. ``token`` is the SHA-256 of what its maker was shown once."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("user_grant.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def make(
    session: Session, acting: Acting, *, name: str, days: int, now: datetime
) -> tuple[ApiToken, str]:
    """A token for the grant that is acted in, and its text, which is kept nowhere.

    Raises Refused without a name, for another life than ``DAYS`` and for too many.
    """
    if not name.strip() or days not in DAYS or acting.grant_id is None:
        raise Refused(mark("令牌要有名称和有效期。请填写。"))
    if len(standing(session, acting.user_id, now)) >= _AT_ONCE:
        raise Refused(mark("令牌最多 %(n)s 个。请先停用不用的。"), n=_AT_ONCE)
    text = _PREFIX + secrets.token_urlsafe(_BYTES)
    made = ApiToken(
        token=_digest(text),
        name=name.strip(),
        user_id=acting.user_id,
        grant_id=acting.grant_id,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(made)
    session.flush()
    return made, text


def standing(session: Session, user_id: int, now: datetime) -> list[ApiToken]:
    """A person's tokens that still open something, the newest first."""
    mine = (
        ApiToken.user_id == user_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > now,
    )
    query = select(ApiToken).where(*mine).order_by(ApiToken.id.desc())
    return list(session.scalars(query))


def revoke(session: Session, user_id: int, token_id: int, now: datetime) -> None:
    """End one of a person's tokens. Raises NotFound for anybody else's."""
    found = session.get(ApiToken, token_id)
    if found is None or found.user_id != user_id:
        raise NotFound(mark("没有找到这个令牌。"))
    found.revoked_at = found.revoked_at or now
    session.flush()


def revoke_all(session: Session, user_id: int, now: datetime) -> None:
    """End every token of a person."""
    mine = ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(*mine).values(revoked_at=now))


def who(session: Session, text: str, now: datetime) -> Acting | None:
    """Whom the token ``text`` lets in, in which grant; None where it does not."""
    found = session.execute(
        select(ApiToken, User, Grant)
        .join(User, User.id == ApiToken.user_id)
        .join(Grant, Grant.id == ApiToken.grant_id)
        .where(
            ApiToken.token == _digest(text),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            Grant.holds,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    token, user, grant = found
    acting = replace(acting_in(0, user, grant), token=token.id)
    return acting if may(acting, Action.MAKE_TOKENS) else None


def touch(session: Session, token_id: int, now: datetime) -> None:
    """Note that the token was used; written at most once a minute."""
    long_ago = ApiToken.used_at.is_(None) | (ApiToken.used_at < now - _TOUCH)
    this = update(ApiToken).where(ApiToken.id == token_id, long_ago)
    session.execute(this.values(used_at=now))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
