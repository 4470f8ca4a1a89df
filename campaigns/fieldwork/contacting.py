"""A call to a person or a meeting with them, whether or not a visit asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.fieldwork import visiting
from campaigns.fieldwork.visit_models import Visit, VisitTry
from campaigns.fieldwork.visiting import Result
from campaigns.register.models import Member

_SHOWN = 20


def open_visit(session: Session, member_id: int) -> Visit | None:
    """The visit that somebody still owes this person."""
    waiting = Visit.member_id == member_id, Visit.closed_at.is_(None)
    return session.scalar(select(Visit).where(*waiting))


def contact(
    session: Session, member: Member, result: Result, *, by: int | None, now: datetime
) -> VisitTry:
    """Record what came of it; it is a try of the person's open visit, where one is.

    Without a visit it is evidence of the person, and says of no campaign that they
    heard of it. Raises as ``visiting.record``.
    """
    visit = open_visit(session, member.id)
    if visit is not None:
        return visiting.record(session, visit, result, by=by, now=now)
    return visiting.write_down(session, member, result, by=by, now=now)


def tries_of(
    session: Session, *member_ids: int, limit: int = _SHOWN
) -> Sequence[VisitTry]:
    """Who was called on or rung, and what came of it, the latest first."""
    mine = select(VisitTry).where(VisitTry.member_id.in_(member_ids))
    return session.scalars(mine.order_by(VisitTry.id.desc()).limit(limit)).all()
