"""Who is said to have died or moved: left alone at once, confirmed by a second person.

What a village hears at a door stops every text now, because a letter to the dead
hurts; whether the certificate ends is for the county to say, with the papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotAllowed, NotFound, Refused, Stale, mark
from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import MemberStatus

GONE = (MemberStatus.MOVED, MemberStatus.DECEASED)
_WAITS = text("settled_at IS NULL")
_SHOWN = 100


class Departure(Base):
    """What was said of one person, and what the county made of it.

    ``status`` is moved or deceased, ``was`` what the register said before,
    ``evidence`` who said so and when. ``holds`` is None until somebody else settled
    it: true where it was confirmed, false where it was not so.
    """

    __tablename__ = "departure"
    __table_args__ = (
        Index(
            "departure_one_waits",
            "member_id",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    status: Mapped[MemberStatus] = mapped_column(closed(MemberStatus))
    was: Mapped[MemberStatus] = mapped_column(closed(MemberStatus))
    evidence: Mapped[str] = mapped_column(Sealed("departure.evidence"))
    reported_by: Mapped[int | None] = mapped_column(Key)
    reported_at: Mapped[datetime]
    holds: Mapped[bool | None]
    settled_by: Mapped[int | None] = mapped_column(Key)
    settled_at: Mapped[datetime | None]


def report(  # noqa: PLR0913 - of whom, what, how we know, by whom, when
    session: Session,
    member: Member,
    status: MemberStatus,
    *,
    evidence: str,
    by: int | None,
    now: datetime,
) -> Departure:
    """Take the person off at once, and ask the county to confirm it.

    Raises Refused without evidence, Stale where somebody reported it already.
    """
    if not evidence.strip():
        raise Refused(mark("请写谁说的、什么时候的事，作为凭据。"))
    if standing(session, member.id) is not None:
        raise Stale(mark("已经有人报过，等县残联确认。"))
    found = Departure(
        member_id=member.id,
        status=status,
        was=member.status,
        evidence=evidence.strip(),
        reported_by=by,
        reported_at=now,
    )
    member.status, member.updated_at = status, now
    session.add(found)
    session.flush()
    return found


def confirm(session: Session, found: Departure, *, by: int, now: datetime) -> None:
    """A second person has seen the papers. Raises NotAllowed, Stale."""
    if found.reported_by == by:
        raise NotAllowed(mark("报的人和确认的人要是两个人。"))
    _settle(session, found, by, now, holds=True)


def take_back(
    session: Session, found: Departure, *, by: int | None, now: datetime
) -> Member:
    """It was not so: the person is on the register as before. Raises Stale."""
    _settle(session, found, by, now, holds=False)
    member = session.get_one(Member, found.member_id)
    member.status, member.updated_at = found.was, now
    session.flush()
    return member


def standing(session: Session, member_id: int) -> Departure | None:
    """What waits to be confirmed of this person."""
    mine = Departure.member_id == member_id, Departure.settled_at.is_(None)
    return session.scalar(select(Departure).where(*mine))


def waiting(
    session: Session, scope: Scope, limit: int = _SHOWN
) -> Sequence[tuple[Departure, Member]]:
    """What the county has to confirm, the oldest first."""
    found = select(Departure, Member).join(Member).where(*_waits(scope))
    rows = session.execute(found.order_by(Departure.id).limit(limit))
    return [(departure, member) for departure, member in rows]


def how_many(scope: Scope) -> Select[int]:
    """Counts what waits."""
    return select(func.count(Departure.id)).join(Member).where(*_waits(scope))


def get_departure(session: Session, scope: Scope, departure_id: int) -> Departure:
    """One that waits, of somebody within ``scope``. Raises NotFound."""
    mine = Departure.id == departure_id, *_waits(scope)
    found = session.scalar(select(Departure).join(Member).where(*mine))
    if found is None:
        raise NotFound(mark("没有要确认的，可能别人已经办了。"))
    return found


def _waits(scope: Scope) -> list[ColumnElement[bool]]:
    return [Departure.settled_at.is_(None), *scope.where()]


def _settle(
    session: Session,
    found: Departure,
    by: int | None,
    now: datetime,
    *,
    holds: bool,
) -> None:
    if found.settled_at is not None:
        raise Stale(mark("没有要确认的，可能别人已经办了。"))
    found.holds, found.settled_by, found.settled_at = holds, by, now
    session.flush()
