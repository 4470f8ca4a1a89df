"""Invitations: the person invited sets the password, and nobody else ever knows it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from campaigns.errors import NotFound, NotReady, mark
from campaigns.orm import Base, Key
from outreach import signed, tokens
from outreach.accounts import User, hash_password, set_password
from outreach.passwords import new_password

LIVES = timedelta(hours=24)
_KIND = "invitation"
_OVER = mark("这个邀请已经用过，或过了 24 小时。请管理员再发一个新的。")


class Invitation(Base):
    """One address that sets one account's password once.

    ``made_by`` is an account, or nobody where the command line made it.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


def invite(
    session: Session, user: User, *, by: int | None, signer: bytes, now: datetime
) -> tuple[Invitation, str]:
    """A new address for the account, and its path; older ones open nothing any more.

    The password of before is worth nothing from now on, and every sign-in ends.
    """
    user.password = hash_password(new_password())
    user.session_epoch += 1
    tokens.revoke_all(session, user.id, now)
    mine = Invitation.user_id == user.id, Invitation.ended_at.is_(None)
    session.execute(update(Invitation).where(*mine).values(ended_at=now))
    made = Invitation(user_id=user.id, made_by=by, made_at=now, expires_at=now + LIVES)
    session.add(made)
    session.flush()
    until = signed.minute(made.expires_at)
    return made, f"/invitation/{signed.mint(_KIND, str(made.id), until, signer)}"


def invited(session: Session, token: str, signer: bytes, now: datetime) -> Invitation:
    """The invitation that ``token`` opens.

    Raises NotFound for a forged one, NotReady once it was used, replaced or is late.
    """
    read = signed.read(_KIND, token, signer)
    query = select(Invitation).options(joinedload(Invitation.user))
    number = int(read[0]) if read else 0
    found = session.scalar(query.where(Invitation.id == number))
    if found is None:
        raise NotFound(mark("没有这个网址。请核对，或向发给您的人要新的。"))
    if found.ended_at or found.expires_at < now or found.user.disabled_at:
        raise NotReady(_OVER)
    return found


def accept(  # noqa: PLR0913 - which address, which password, by which rule
    session: Session,
    token: str,
    password: str,
    *,
    mixed: bool = False,
    signer: bytes,
    now: datetime,
) -> User:
    """Set the password; of two presses one wins. Raises as ``invited``, and Refused."""
    found = invited(session, token, signer, now)
    user = set_password(session, found.user.name, password, now, mixed=mixed)
    unused = Invitation.id == found.id, Invitation.ended_at.is_(None)
    ended = update(Invitation).where(*unused).values(ended_at=now)
    if session.scalar(ended.returning(Invitation.id)) is None:
        raise NotReady(_OVER)
    return user


def waiting(session: Session, now: datetime) -> dict[int, datetime]:
    """Until when each account's invitation may still be accepted, by account."""
    query = select(Invitation.user_id, Invitation.expires_at).where(
        Invitation.ended_at.is_(None), Invitation.expires_at >= now
    )
    return {row.user_id: row.expires_at for row in session.execute(query)}
