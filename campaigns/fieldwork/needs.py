"""Needs: raised at a visit or on the telephone, followed until the person says solved.

What is passed on to another office is no longer open with us, and not solved either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, NotReady, Refused, mark
from campaigns.fieldwork.visit_models import Need, Visit
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import NeedKind, NeedState

DUE = {
    NeedKind.CAR: timedelta(minutes=30),
    NeedKind.DOCTOR: timedelta(hours=4),
    NeedKind.MEDICINE: timedelta(hours=24),
    NeedKind.GOODS: timedelta(hours=48),
}
DUE_ELSE = timedelta(days=7)
"""How soon somebody must have seen to a need."""

_WORDS = 200
_TO = 60


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need with whose it is."""

    need: Need
    member: Member


def raise_need(  # noqa: PLR0913 - whose, what, by whom, when
    session: Session,
    whose: Visit | Member,
    kind: NeedKind,
    words: str = "",
    *,
    by: int | None,
    now: datetime,
) -> Need:
    """Write down what a person needs, told at a visit or by telephone."""
    at_visit = isinstance(whose, Visit)
    if len(words) > _WORDS:
        raise Refused(mark("说明最多 200 个字。"))
    need = Need(
        member_id=whose.member_id if isinstance(whose, Visit) else whose.id,
        visit_id=whose.id if at_visit else None,
        township=whose.township,
        village=whose.village,
        kind=kind,
        words=words.strip() or None,
        state=NeedState.OPEN,
        due_at=now + DUE.get(kind, DUE_ELSE),
        raised_by=by,
        raised_at=now,
    )
    session.add(need)
    session.flush()
    return need


def get_need(session: Session, scope: Scope, need_id: int) -> Need:
    """The need, where its person is within ``scope``. Raises NotFound."""
    found = session.scalar(
        select(Need).join(Member).where(Need.id == need_id, *scope.where())
    )
    if found is None:
        raise NotFound(mark("没有这条需求，或者不在您的范围里。"))
    return found


def pass_on(session: Session, need: Need, to: str, *, now: datetime) -> None:
    """Hand a need to another office: 转办. Raises Refused without a name."""
    _still_open(need)
    if not to.strip() or len(to) > _TO:
        raise Refused(mark("写明转给哪个单位，最多 60 个字。"))
    need.state, need.passed_to, need.passed_at = NeedState.PASSED, to.strip(), now
    session.flush()


def close(
    session: Session, need: Need, *, solved: bool, by: int, now: datetime
) -> None:
    """End a need by what the person answered when asked whether it is solved."""
    _still_open(need)
    need.state = NeedState.SOLVED if solved else NeedState.UNSOLVED
    need.closed_by, need.closed_at = by, now
    session.flush()


def open_needs(session: Session, scope: Scope, limit: int = 200) -> list[OpenNeed]:
    """Needs that nobody closed, the soonest due first."""
    found = session.execute(
        select(Need, Member)
        .join(Member, Member.id == Need.member_id)
        .where(Need.closed_at.is_(None), *scope.where())
        .order_by(Need.due_at, Need.id)
        .limit(limit)
    )
    return [OpenNeed(need, member) for need, member in found]


def _still_open(need: Need) -> None:
    if need.closed_at is not None:
        raise NotReady(mark("这条需求已经办完了。"))
