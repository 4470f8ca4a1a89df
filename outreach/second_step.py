"""The second step of a sign-in: an authenticator's code, or a line of a printed sheet.

A secret is sealed, codes are kept as keyed hashes, and each opens once: a code that
was used, by anybody, is refused. Losing both is mended by two people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotAllowed, NotFound, Refused, mark
from campaigns.orm import Base, Key
from campaigns.privacy import Sealed, blind
from outreach import one_time
from outreach.accounts import Role

ASKED = frozenset(
    {
        Role.COORDINATOR,
        Role.ASSOCIATION,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        Role.CITY,
    }
)
"""Roles that sign in with two steps; a village has its bound phone and its PIN."""


class SecondStep(Base):
    """A person's second step; with a ``secret`` by phone too, else by sheet alone.

    ``used_step`` is the last step of RFC 6238 whose code was taken. It counts once
    ``since`` is set, when the first code was right or the sheet was printed.
    """

    __tablename__ = "second_step"
    __table_args__ = (
        CheckConstraint(
            "reset_asked_by IS NULL OR reset_asked_by <> user_id", name="by_another"
        ),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True
    )
    secret: Mapped[str | None] = mapped_column(Sealed("second_step.secret"))
    used_step: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime | None]
    reset_asked_by: Mapped[int | None] = mapped_column(Key)
    reset_asked_at: Mapped[datetime | None]


class SheetCode(Base):
    """One line of a printed sheet, as a keyed hash."""

    __tablename__ = "sheet_code"
    __table_args__ = (UniqueConstraint("user_id", "code"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    code: Mapped[bytes]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has: since when, by phone or not, unused lines of the sheet."""

    since: datetime
    by_phone: bool
    left: int


def standing(session: Session, user_id: int) -> Standing | None:
    """A person's second step; None without one."""
    found = session.get(SecondStep, user_id)
    if found is None or found.since is None:
        return None
    left = select(func.count()).where(
        SheetCode.user_id == user_id, SheetCode.used_at.is_(None)
    )
    by_phone = found.secret is not None
    return Standing(found.since, by_phone, session.scalar(left) or 0)


def begin(session: Session, user_id: int) -> str:
    """A new secret to scan; it counts after ``confirm``. Raises Refused beside one."""
    found = session.get(SecondStep, user_id)
    if found and found.since and found.secret:
        raise Refused(mark("已经绑定了一部手机。换手机，请先停用再绑定。"))
    secret = one_time.new_secret()
    if found is None:
        session.add(SecondStep(user_id=user_id, secret=secret, used_step=0))
    elif found.since is None:
        found.secret = secret
    else:
        raise Refused(mark("正在用打印的口令。要改用手机，请先停用再绑定。"))
    session.flush()
    return secret


def begun(session: Session, user_id: int) -> str | None:
    """The secret that waits for its first code."""
    found = session.get(SecondStep, user_id)
    return found.secret if found and found.since is None else None


def confirm(session: Session, user_id: int, code: str, now: datetime) -> list[str]:
    """The first code is right: the phone counts from now on. Answers the spare sheet.

    Raises Refused for another code.
    """
    found = session.get(SecondStep, user_id)
    if (
        found is None
        or found.secret is None
        or not _by_phone(session, found, code, now)
    ):
        raise Refused(mark("口令不对。请看手机上现在显示的 6 位数字，再输一次。"))
    found.since = found.since or now
    return print_sheet(session, user_id, now)


def print_sheet(session: Session, user_id: int, now: datetime) -> list[str]:
    """Ten new codes, shown once; those of an older sheet open nothing any more."""
    found = session.get(SecondStep, user_id)
    if found is None:
        session.add(SecondStep(user_id=user_id, used_step=0, since=now))
    elif found.since is None:
        found.secret, found.since = None, now
    session.execute(delete(SheetCode).where(SheetCode.user_id == user_id))
    codes = list(one_time.new_sheet())
    rows = [SheetCode(user_id=user_id, code=_kept(user_id, code)) for code in codes]
    session.add_all(rows)
    session.flush()
    return codes


def fits(session: Session, user_id: int, code: str, now: datetime) -> bool:
    """Whether ``code`` opens, now and for the first time; it is used up by asking."""
    found = session.get(SecondStep, user_id)
    if found is None or found.since is None:
        return False
    return _by_phone(session, found, code, now) or _by_sheet(session, found, code, now)


def drop(session: Session, user_id: int) -> None:
    """The person has no second step any more."""
    session.execute(delete(SheetCode).where(SheetCode.user_id == user_id))
    session.execute(delete(SecondStep).where(SecondStep.user_id == user_id))
    session.expire_all()


def ask_reset(session: Session, user_id: int, *, by: int, now: datetime) -> None:
    """An administrator saw who it is and proposes to begin anew. Raises Refused."""
    found = session.get(SecondStep, user_id)
    if found is None or found.since is None:
        raise Refused(mark("这个账号没有动态口令，不用重设。"))
    if by == user_id:
        raise NotAllowed(mark("自己的动态口令，要请另一位管理员来提出重设。"))
    found.reset_asked_by, found.reset_asked_at = by, now
    session.flush()


def resets(session: Session) -> list[SecondStep]:
    """Those that wait for a coordinator, the oldest first."""
    waits = SecondStep.reset_asked_by.is_not(None)
    query = select(SecondStep).where(waits).order_by(SecondStep.reset_asked_at)
    return list(session.scalars(query))


def reset_waits(session: Session, user_id: int) -> bool:
    """Whether somebody proposed to begin anew for this person."""
    found = session.get(SecondStep, user_id)
    return found is not None and found.reset_asked_by is not None


def confirm_reset(session: Session, user_id: int, *, by: int) -> None:
    """A second person agrees: nothing of the old step opens.

    Raises NotFound once it was decided, NotAllowed for whoever asked or whose it is.
    """
    found = _asked(session, user_id)
    if by in {found.reset_asked_by, user_id}:
        raise NotAllowed(mark("自己提出的、自己账号的重设，要另一位同事来确认。"))
    drop(session, user_id)


def refuse_reset(session: Session, user_id: int) -> None:
    """It stays as it is. Raises NotFound once it was decided."""
    found = _asked(session, user_id)
    found.reset_asked_by, found.reset_asked_at = None, None
    session.flush()


def _asked(session: Session, user_id: int) -> SecondStep:
    found = session.get(SecondStep, user_id)
    if found is None or found.reset_asked_by is None:
        raise NotFound(mark("没有这项待确认的重设，可能已经有人办了。"))
    return found


def _by_phone(session: Session, found: SecondStep, code: str, now: datetime) -> bool:
    if found.secret is None:
        return False
    step = one_time.step_of(found.secret, one_time.plain(code), now)
    if step is None:
        return False
    unused = SecondStep.user_id == found.user_id, SecondStep.used_step < step
    taken = update(SecondStep).where(*unused).values(used_step=step)
    return session.scalar(taken.returning(SecondStep.user_id)) is not None


def _by_sheet(session: Session, found: SecondStep, code: str, now: datetime) -> bool:
    unused = (
        SheetCode.user_id == found.user_id,
        SheetCode.code == _kept(found.user_id, code),
        SheetCode.used_at.is_(None),
    )
    taken = update(SheetCode).where(*unused).values(used_at=now)
    return session.scalar(taken.returning(SheetCode.id)) is not None


def _kept(user_id: int, code: str) -> bytes:
    return blind("sheet_code", f"{user_id}:{one_time.plain(code)}")
