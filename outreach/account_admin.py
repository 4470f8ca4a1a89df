"""What an administrator does with accounts: look, disable, enable, end sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from campaigns.errors import NotAllowed, NotFound, mark
from campaigns.register.models import Place
from campaigns.vocabulary import Level
from outreach.accounts import Role, User
from outreach.own_sign_ins import sign_out_everywhere
from outreach.tokens import revoke_all

_WIDE = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
_CITY, _COUNTY, _TOWNSHIP, _VILLAGE = 4, 6, 9, 12
DIGITS = {
    Role.COORDINATOR: _COUNTY,
    Role.ASSOCIATION: _COUNTY,
    Role.TOWNSHIP: _TOWNSHIP,
    Role.VILLAGE: _VILLAGE,
    Role.AUDITOR: _COUNTY,
    Role.ADMINISTRATOR: _COUNTY,
    Role.CITY: _CITY,
}
"""How long the code of a place is over which each role may act."""


def get_user(session: Session, user_id: int) -> User:
    """The account with its grants. Raises NotFound."""
    query = select(User).options(selectinload(User.grants)).where(User.id == user_id)
    user = session.scalar(query)
    if user is None:
        raise NotFound(mark("没有找到这个账号。请从列表里选。"))
    return user


def places(session: Session) -> dict[str, str]:
    """The county, its townships and their villages by code, each with its name."""
    query = (
        select(Place.code, Place.level, Place.name)
        .where(Place.level.in_(_WIDE), Place.valid_to.is_(None))
        .order_by(Place.code)
    )
    rows = session.execute(query).all()
    above = {row.code: row.name for row in rows if row.level is Level.TOWNSHIP}
    return {
        row.code: f"{above.get(row.code[:_TOWNSHIP], '')} {row.name}".strip()
        if row.level is Level.VILLAGE
        else row.name
        for row in rows
    }


def cities(session: Session) -> list[str]:
    """Codes of the cities above: their office receives and adds up reports."""
    counties = select(Place.code).where(Place.level == Level.COUNTY)
    return sorted({code[:_CITY] for code in session.scalars(counties)})


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
        user.failures = 0
    if deed != "enable":
        sign_out_everywhere(session, user_id, now)
        revoke_all(session, user_id, now)
    session.flush()
