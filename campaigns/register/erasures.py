"""Who is to be forgotten: asked for by one person with evidence, agreed by another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotAllowed, NotFound, Refused, Stale, mark
from campaigns.orm import Base, Key
from campaigns.privacy import Sealed
from campaigns.register.models import Member


class Erasure(Base):
    """A wish that a person's data go; ``done_at`` once they went.

    ``identity`` and ``member_since`` are the erased row's, so that a copy of the
    database from before can be made to forget the same person. ``asked_by`` is None
    where the time for keeping had passed: nobody has to agree to that.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> asked_by", name="two"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    identity: Mapped[bytes] = mapped_column()
    member_since: Mapped[datetime]
    evidence: Mapped[str | None] = mapped_column(Sealed("erasure.evidence"))
    asked_by: Mapped[int | None] = mapped_column(Key)
    asked_at: Mapped[datetime]
    agreed_by: Mapped[int | None] = mapped_column(Key)
    dropped_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


_UNDECIDED = Erasure.done_at.is_(None), Erasure.dropped_at.is_(None)


def ask(
    session: Session, member: Member, *, evidence: str, by: int | None, now: datetime
) -> Erasure:
    """Ask that ``member`` be forgotten, with how and when they wished it.

    Raises Refused without evidence or where it was asked before.
    """
    if not evidence.strip():
        raise Refused(mark("请写本人什么时候、怎么要求删除的，作为凭据。"))
    if any(each.member_id == member.id for each in waiting(session)):
        raise Refused(mark("已经有人提出删除这个人的资料，等另一位同事同意。"))
    return add(session, member, evidence=evidence.strip(), by=by, now=now)


def add(
    session: Session,
    member: Member,
    *,
    evidence: str | None,
    by: int | None,
    now: datetime,
) -> Erasure:
    """Note that ``member`` is to be forgotten."""
    wish = Erasure(
        member_id=member.id,
        identity=member.identity,
        member_since=member.created_at,
        evidence=evidence,
        asked_by=by,
        asked_at=now,
    )
    session.add(wish)
    session.flush()
    return wish


def agree(session: Session, erasure_id: int, *, by: int) -> Erasure:
    """A second person's consent. Raises NotAllowed for whoever asked, Stale."""
    wish = _open(session, erasure_id)
    if wish.asked_by == by:
        raise NotAllowed(mark("删除是您提出的，要请另一位同事同意。"))
    wish.agreed_by = by
    return wish


def drop(session: Session, erasure_id: int, *, now: datetime) -> Erasure:
    """Leave the person as they are. Raises Stale."""
    wish = _open(session, erasure_id)
    wish.dropped_at, wish.evidence = now, None
    session.flush()
    return wish


def waiting(session: Session) -> Sequence[Erasure]:
    """Wishes that nobody has decided, the oldest first."""
    return session.scalars(
        select(Erasure).where(*_UNDECIDED).order_by(Erasure.id)
    ).all()


def how_many(by: int | None) -> Select[int]:
    """Counts the wishes that ``by`` may decide: others'."""
    others = Erasure.asked_by.is_distinct_from(by)
    return select(func.count(Erasure.id)).where(*_UNDECIDED, others)


def done(session: Session, limit: int = 50) -> Sequence[Erasure]:
    """Who was forgotten, the latest first; by number, for there is no name any more."""
    found = select(Erasure).where(Erasure.done_at.is_not(None))
    return session.scalars(found.order_by(Erasure.id.desc()).limit(limit)).all()


def _open(session: Session, erasure_id: int) -> Erasure:
    wish = session.get(Erasure, erasure_id, with_for_update=True)
    if wish is None:
        raise NotFound(mark("没有这项删除申请。请从列表里选。"))
    if wish.done_at is not None or wish.dropped_at is not None:
        raise Stale(mark("这项删除申请已经办过了。"))
    return wish
