"""Staff who sign in, and what each grant lets them do where."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    SmallInteger,
    String,
    and_,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from campaigns.errors import NotFound, Refused, mark
from campaigns.orm import Base, Key, closed
from outreach import audit
from outreach.passwords import check_password, new_password

# 19 MiB a hash: sixteen people who sign in at once must not fill a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_hex())


class Role(StrEnum):
    """The parts people play; a person acts in one at a time."""

    COORDINATOR = "coordinator"
    ASSOCIATION = "association"
    TOWNSHIP = "township"
    VILLAGE = "village"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CITY = "city"


class User(Base):
    """Somebody who signs in; ``password`` is an argon2id hash of ``password_at``."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    shown_as: Mapped[str] = mapped_column(String(60))
    password: Mapped[str] = mapped_column(String(200))
    password_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(5), default="zh")
    text_size: Mapped[str] = mapped_column(String(8), default="standard")
    contrast: Mapped[str] = mapped_column(String(8), default="standard")
    background: Mapped[str] = mapped_column(String(8), default="device")
    less_motion: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    session_epoch: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", order_by="Grant.id"
    )


class Grant(Base):
    """A role at a place, for some categories, with some duties.

    ``place`` is a place code whose whole subtree is meant; ``categories`` a bit mask
    of components (0 means all); ``duties`` a list of ``Duty`` values. One that
    ``waits`` was proposed and is not confirmed yet.
    """

    __tablename__ = "user_grant"
    __table_args__ = (
        CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(closed(Role))
    place: Mapped[str] = mapped_column(String(20))
    categories: Mapped[int] = mapped_column(SmallInteger, default=0)
    duties: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    proposed_by: Mapped[int | None] = mapped_column(Key)
    waits: Mapped[bool] = mapped_column(default=False)
    confirmed_by: Mapped[int | None] = mapped_column(Key)
    confirmed_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(back_populates="grants")

    @hybrid_property
    def holds(self) -> bool:
        """Whether it is confirmed and was not taken away."""
        return not self.waits and self.revoked_at is None

    @holds.inplace.expression
    @classmethod
    def _holds(cls) -> ColumnElement[bool]:
        return and_(cls.waits.is_(False), cls.revoked_at.is_(None))


def hash_password(password: str) -> str:
    """Argon2id hash of ``password``."""
    return _HASHER.hash(password)


def password_fits(user: User | None, password: str) -> bool:
    """Whether ``password`` is the user's; takes as long where there is no user."""
    try:
        _HASHER.verify(user.password if user else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return user is not None


def add_user(  # noqa: PLR0913 - whom, with which password, by which rule, when
    session: Session,
    *,
    name: str,
    shown_as: str,
    password: str | None,
    mixed: bool = False,
    now: datetime,
) -> User:
    """Make an account; without a password nobody signs in with it yet.

    Raises Refused for a name that is taken or a weak password.
    """
    name = name.strip()
    if not name or find_user(session, name):
        raise Refused(mark("账号“%(name)s”不能用：是空的，或已经有人用了。"), name=name)
    if password is not None:
        check_password(name, password, mixed=mixed)
    hashed = hash_password(password or new_password())
    facts = {"password": hashed, "password_at": now, "made_at": now}
    user = User(name=name, shown_as=shown_as, **facts)
    session.add(user)
    session.flush()
    return user


def add_grant(  # noqa: PLR0913 - a grant is a role, a place, categories and duties
    session: Session,
    user: User,
    *,
    role: Role,
    place: str,
    categories: int = 0,
    duties: Sequence[str] = (),
    now: datetime,
) -> Grant:
    """Let ``user`` act as ``role`` in the subtree of ``place``."""
    grant = Grant(
        user_id=user.id,
        role=role,
        place=place,
        categories=categories,
        duties=list(duties),
        made_at=now,
    )
    session.add(grant)
    session.flush()
    return grant


def set_password(
    session: Session, name: str, password: str, now: datetime, *, mixed: bool = False
) -> User:
    """Change a password and end every sign-in. Raises NotFound, Refused."""
    user = find_user(session, name)
    if user is None:
        raise NotFound(mark("没有账号“%(name)s”。"), name=name)
    check_password(name, password, mixed=mixed)
    user.password, user.password_at = hash_password(password), now
    user.failures = 0
    user.session_epoch += 1
    audit.note(session, "set_password", f"user:{user.id}", user_id=user.id, now=now)
    return user


def find_user(session: Session, name: str) -> User | None:
    """The account called ``name``, if there is one."""
    return session.scalar(select(User).where(User.name == name))


def list_users(session: Session) -> list[User]:
    """All accounts with their grants, by name."""
    users = select(User).options(selectinload(User.grants)).order_by(User.name)
    return list(session.scalars(users))


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """What the accounts with these ids are shown as."""
    wanted = {each for each in ids if each is not None}
    rows = session.execute(select(User.id, User.shown_as).where(User.id.in_(wanted)))
    return {row.id: row.shown_as for row in rows}


CHOICES = {
    "language": ("zh", "en"),
    "text_size": ("standard", "large", "very_large"),
    "contrast": ("standard", "high"),
    "background": ("light", "dark", "device"),
    "less_motion": (True, False),
}
"""What a person may set about how pages look."""


def prefer(session: Session, user_id: int, **chosen: str | bool) -> None:
    """Keep a person's own settings; a value outside ``CHOICES`` is passed over."""
    user = session.get_one(User, user_id)
    for name, value in chosen.items():
        if value in CHOICES[name]:
            setattr(user, name, value)
    session.flush()
