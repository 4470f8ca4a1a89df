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

PASSWORD_LENGTH = range(12, 129)
# 19 MiB a hash: sixteen people who sign in at once must not fill a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_hex())
_CONSONANTS, _VOWELS, _DIGITS = "bdfghjkmnprstvz", "aeiou", "23456789"
_OBVIOUS = (
    *("password", "passw0rd", "iloveyou", "woaini", "letmein", "welcome", "admin123"),
    *("123456", "654321", "123123", "112233", "abcdef", "abc123", "1q2w3e", "1qaz2wsx"),
    *("qwerty", "qazwsx", "asdfgh", "zxcvbn", "5201314", "1314520", "88888888"),
    *("canlian", "canjiren", "outreach", "残联", "残疾人", "密码", "mima1234"),
)
"""What people try first, and words of this very office."""

_FEWEST_SIGNS = 5


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
    """Somebody who signs in; ``password`` is an argon2id hash."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    shown_as: Mapped[str] = mapped_column(String(60))
    password: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="zh")
    text_size: Mapped[str] = mapped_column(String(8), default="standard")
    contrast: Mapped[str] = mapped_column(String(8), default="standard")
    background: Mapped[str] = mapped_column(String(8), default="device")
    less_motion: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    locked_until: Mapped[datetime | None]
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


def new_password() -> str:
    """A random password that can be read aloud: four groups, about 61 bits."""
    group = (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _DIGITS)
    return "-".join("".join(map(secrets.choice, group)) for _ in range(4))


def check_password(name: str, password: str) -> None:
    """Raises Refused for a password that is too short, too long or easily guessed."""
    if len(password) not in PASSWORD_LENGTH:
        raise Refused(mark("密码要 12 到 128 个字符。可以用一句话，好记也安全。"))
    plain = password.casefold()
    few = len({*plain}) < _FEWEST_SIGNS
    if few or any(word in plain for word in (*_OBVIOUS, name.casefold())):
        raise Refused(mark("密码里有账号名或太常见的组合，容易被猜到。请换一个。"))


def add_user(
    session: Session, *, name: str, shown_as: str, password: str, now: datetime
) -> User:
    """Make an account. Raises Refused for a name that is taken or a weak password."""
    name = name.strip()
    if not name or find_user(session, name):
        raise Refused(mark("账号“%(name)s”不能用：是空的，或已经有人用了。"), name=name)
    check_password(name, password)
    hashed = hash_password(password)
    user = User(name=name, shown_as=shown_as, password=hashed, made_at=now)
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


def set_password(session: Session, name: str, password: str, now: datetime) -> User:
    """Change a password and end every sign-in. Raises NotFound, Refused."""
    user = find_user(session, name)
    if user is None:
        raise NotFound(mark("没有账号“%(name)s”。"), name=name)
    check_password(name, password)
    user.password = hash_password(password)
    user.failures, user.locked_until = 0, None
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
