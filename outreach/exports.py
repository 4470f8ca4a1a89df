"""Lists of people that leave the service: numbered, for one person, for one day.

A list shows whom its maker may see. Without masks and with more than a few hundred
people a second coordinator has to agree first. The file bears its number, its maker
and its time on every page; it is given out once and then removed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, Stale, mark
from campaigns.orm import Base, Key
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import MemberStatus
from outreach.accounts import User
from outreach.settings import Settings

ALONE = 500
"""So many people without masks one person may take out; more need a second one."""

LIFE = timedelta(hours=24)


class Export(Base):
    """One list: for whom, of whom, why, and what became of it.

    ``places`` and ``categories`` are the scope of ``made_by`` at that moment,
    ``people`` how many it held. ``agreed_by`` where a second person had to.
    """

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> made_by", name="two"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unmasked: Mapped[bool]
    places: Mapped[list[str]]
    categories: Mapped[int]
    people: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]
    waits: Mapped[bool] = mapped_column(default=False)
    agreed_by: Mapped[int | None] = mapped_column(Key)
    expires_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def scope(self) -> Scope:
        """Whom it shows."""
        return Scope(tuple(self.places), self.categories)


def begin(  # noqa: PLR0913 - of whom, how, why, for whom
    session: Session,
    scope: Scope,
    *,
    unmasked: bool,
    reason: str,
    language: str,
    by: int,
    now: datetime,
) -> Export:
    """Note a list that ``by`` wishes; it ``waits`` where a second person must agree.

    Raises Refused without a reason, or where there is nobody.
    """
    if unmasked and not reason.strip():
        raise Refused(mark("请写明为什么需要完整的名单。"))
    people = session.scalar(select(func.count(Member.id)).where(*on_it(scope))) or 0
    if not people:
        raise Refused(mark("您的范围里没有人，没有可导出的。"))
    made = Export(
        unmasked=unmasked,
        places=list(scope.places),
        categories=scope.categories,
        people=people,
        reason=reason.strip()[:200],
        language=language,
        made_by=by,
        made_at=now,
        waits=unmasked and people > ALONE,
        expires_at=now + LIFE,
    )
    session.add(made)
    session.flush()
    return made


def on_it(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on Member: on the register, within ``scope``."""
    return [Member.status == MemberStatus.ACTIVE, *scope.where()]


def agree(session: Session, export_id: int, *, by: int, now: datetime) -> Export:
    """Let a list be made. Raises NotAllowed for its maker, Stale."""
    made = session.get(Export, export_id, with_for_update=True)
    if made is None:
        raise NotFound(mark("没有这份导出。请从列表里选。"))
    if not made.waits or made.expires_at <= now:
        raise Stale(mark("这份导出已经办过，或者过期了。请重新提出。"))
    if made.made_by == by:
        raise NotAllowed(mark("导出是您提出的，要请另一位同事同意。"))
    made.waits, made.agreed_by, made.expires_at = False, by, now + LIFE
    session.flush()
    return made


def take(
    session: Session, export_id: int, *, unmasked: bool, by: int, now: datetime
) -> Export:
    """Hand a list out to its maker, once.

    Raises NotFound for anybody else's, NotReady while it waits or once it is over.
    """
    mine = Export.id == export_id, Export.made_by == by, Export.unmasked == unmasked
    made = session.scalar(select(Export).where(*mine).with_for_update())
    if made is None:
        raise NotFound(mark("没有这份导出。请从列表里选。"))
    if made.waits:
        raise NotReady(mark("超过 %(n)s 人，要另一位同事先同意。"), n=ALONE)
    if made.ended_at is not None or made.taken_at is not None or made.expires_at <= now:
        raise NotReady(mark("这份名单下载过了，或者过了 24 小时。请重新导出。"))
    made.taken_at = now
    session.flush()
    return made


def mine(session: Session, user_id: int, limit: int = 20) -> Sequence[Export]:
    """One's own lists, the newest first."""
    found = select(Export).where(Export.made_by == user_id)
    return session.scalars(found.order_by(Export.id.desc()).limit(limit)).all()


def waiting(session: Session, now: datetime) -> Sequence[Export]:
    """Lists that somebody has to agree to, the oldest first."""
    return session.scalars(select(Export).where(*_waits(now)).order_by(Export.id)).all()


def how_many(by: int | None, now: datetime) -> Select[int]:
    """Counts the lists that ``by`` may agree to: others'."""
    others = Export.made_by.is_distinct_from(by)
    return select(func.count(Export.id)).where(*_waits(now), others)


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Export.waits.is_(True), Export.expires_at > now


def sweep(session: Session, settings: Settings, now: datetime) -> int:
    """End what has expired and remove every file that no list of today owns."""
    over = Export.expires_at <= now, Export.ended_at.is_(None)
    ended = session.execute(
        update(Export).where(*over).values(ended_at=now, waits=False)
    )
    left = {
        str(number)
        for number in session.scalars(
            select(Export.id).where(Export.ended_at.is_(None))
        )
    }
    for path in folder(settings).glob("*.xlsx"):
        if path.stem not in left:
            path.unlink(missing_ok=True)
    return int(getattr(ended, "rowcount", 0))


def folder(settings: Settings) -> Path:
    """Where lists lie for the seconds between being written and handed out."""
    place = settings.data_dir.resolve() / "exports"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def path_of(settings: Settings, made: Export) -> Path:
    """The file of a list, its owner's alone before the first byte is in it."""
    path = folder(settings) / f"{made.id}.xlsx"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return path


def watermark(session: Session, made: Export) -> str:
    """Number, who and when, as it stands on every page of the file."""
    user = session.get_one(User, made.made_by)
    moment = made.made_at.strftime("%Y-%m-%d %H:%M UTC")
    return f"E-{made.id} · {user.name} {user.shown_as} · {moment}"
