"""What an administrator does with accounts: look, disable, enable, end sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from campaigns.errors import NotAllowed, NotFound, mark
from campaigns.register.models import Place
from campaigns.vocabulary import Level
from outreach.accounts import User
from outreach.sign_ins import sign_out_everywhere
from outreach.tokens import revoke_all

_WIDE = (Level.COUNTY, Level.TOWNSHIP)


def get_user(session: Session, user_id: int) -> User:
    """The account with its grants. Raises NotFound."""
    query = select(User).options(selectinload(User.grants)).where(User.id == user_id)
    user = session.scalar(query)
    if user is None:
        raise NotFound(mark("没有找到这个账号。请从列表里选。"))
    return user


def places(session: Session) -> dict[str, str]:
    """County and townships by code: where an account may act."""
    query = (
        select(Place.code, Place.name)
        .where(Place.level.in_(_WIDE), Place.valid_to.is_(None))
        .order_by(Place.code)
    )
    return dict(session.execute(query).all())


def change(
    session: Session, user_id: int, deed: str, *, by: int, now: datetime
) -> None:
    """``disable``, ``enable`` or ``end`` the sign-ins of an account.

    Raises NotAllowed for one's own account: nobody locks themselves out by mistake.
    """
    user = get_user(session, user_id)
    if deed == "disable" and user.id == by:
        raise NotAllowed(mark("不能停用自己的账号。请另一位管理员来办。"))
    if deed != "end":
        user.disabled_at = now if deed == "disable" else None
        user.failures, user.locked_until = 0, None
    if deed != "enable":
        sign_out_everywhere(session, user_id, now)
        revoke_all(session, user_id, now)
    session.flush()
