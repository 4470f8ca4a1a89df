"""Staff who sign in, and what each grant lets them do where."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaigns.orm import Base, Key, closed


class Role(StrEnum):
    """The parts people play; a person acts in one at a time."""

    COORDINATOR = "coordinator"
    ASSOCIATION = "association"
    TOWNSHIP = "township"
    VILLAGE = "village"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


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
    of components (0 means all); ``duties`` a list of ``Duty`` values.
    """

    __tablename__ = "user_grant"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(closed(Role))
    place: Mapped[str] = mapped_column(String(20))
    categories: Mapped[int] = mapped_column(SmallInteger, default=0)
    duties: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(back_populates="grants")
