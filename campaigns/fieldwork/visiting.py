"""What staff do with visits: who goes, what it came to, and what the person needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.delivery.people import say
from campaigns.errors import NotFound, NotReady, Refused, Stale, mark
from campaigns.fieldwork.leaving import LEAVES, come_back, leave
from campaigns.fieldwork.needs import raise_need
from campaigns.fieldwork.visit_models import Visit, VisitMissed, VisitTry
from campaigns.register import departures
from campaigns.register.models import Member
from campaigns.register.phones import read_phone
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    SAYS,
    Addressee,
    NeedKind,
    Reason,
    VisitOutcome,
    VisitWay,
)

A_DAY = 10
"""More open visits than these on one worker are too many for a day."""

_WORKER = 60


@dataclass(frozen=True, slots=True)
class Result:
    """What a try came to. ``needs`` are kinds with the person's own words.

    ``phone_of`` is whose the new phone is, the person's or their guardian's.
    """

    outcome: VisitOutcome
    remark: str = ""
    new_phone: str = ""
    phone_of: Addressee = Addressee.MEMBER
    way: VisitWay = VisitWay.DOOR
    needs: Sequence[tuple[NeedKind, str]] = ()


def get_visit(session: Session, scope: Scope, visit_id: int) -> Visit:
    """The visit, where its person is within ``scope``. Raises NotFound."""
    found = session.scalar(
        select(Visit)
        .join(Member, Member.id == Visit.member_id)
        .where(Visit.id == visit_id, *scope.where())
    )
    if found is None:
        raise NotFound(mark("没有这一户，或者不在您的范围里。"))
    return found


def assign(  # noqa: PLR0913 - which, to whom, by whom, when
    session: Session,
    scope: Scope,
    ids: Iterable[int],
    worker: str,
    *,
    by: int,
    now: datetime,
) -> int:
    """Make ``worker`` responsible for open visits; return how many. Raises Refused."""
    name = worker.strip()
    if not name or len(name) > _WORKER:
        raise Refused(mark("写明谁去，最多 60 个字。"))
    mine = select(Member.id).where(*scope.where())
    given = session.scalars(
        update(Visit)
        .where(
            Visit.id.in_(list(ids)),
            Visit.closed_at.is_(None),
            Visit.member_id.in_(mine),
        )
        .values(worker=name, assigned_by=by, assigned_at=now)
        .returning(Visit.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    return len(given)


def record(
    session: Session, visit: Visit, result: Result, *, by: int | None, now: datetime
) -> VisitTry:
    """Record a try; one that settles the matter closes the visit.

    Raises NotReady for a closed visit, Refused for what cannot be, Stale where
    somebody else closed it at this moment.
    """
    if visit.closed_at is not None:
        raise NotReady(mark("这一户已经办完了。要改请用“改”。"))
    _settle(session, visit, result.outcome, by, now)
    return write_down(session, visit, result, by=by, now=now)


def write_down(
    session: Session,
    whose: Visit | Member,
    result: Result,
    *,
    by: int | None,
    now: datetime,
) -> VisitTry:
    """Keep what a try came to, and what it says of the person. Raises Refused."""
    if result.outcome is VisitOutcome.UNNEEDED:
        raise Refused(mark("请选一个结果。"))
    phone = read_phone(result.new_phone) if result.new_phone.strip() else None
    at_visit = isinstance(whose, Visit)
    tried = VisitTry(
        visit_id=whose.id if at_visit else None,
        member_id=whose.member_id if isinstance(whose, Visit) else whose.id,
        township=whose.township,
        village=whose.village,
        way=result.way,
        outcome=result.outcome,
        remark=result.remark.strip() or None,
        new_phone=phone,
        phone_of=result.phone_of,
        by=by,
        at=now,
    )
    session.add(tried)
    if result.outcome in LEAVES:
        leave(session, tried, by=by, now=now)
    for kind, words in result.needs:
        raise_need(session, whose, kind, words, by=by, now=now)
    session.flush()
    return tried


def correct(  # noqa: PLR0913 - which, to what, how we know, by whom, when
    session: Session,
    visit: Visit,
    outcome: VisitOutcome,
    *,
    remark: str = "",
    by: int,
    now: datetime,
) -> VisitTry:
    """Change what was recorded last; the visit opens again where nothing settles it.

    Raises NotReady where nobody tried, where the person has another visit since, or
    where the county confirmed already that they died or moved.
    """
    last = session.scalar(
        select(VisitTry)
        .where(VisitTry.visit_id == visit.id)
        .order_by(VisitTry.id.desc())
        .limit(1)
    )
    if last is None or outcome is VisitOutcome.UNNEEDED:
        raise NotReady(mark("这一户还没有登记过结果，没有可以改的。"))
    if visit.closed_at is not None and _another(session, visit):
        raise NotReady(mark("这个人后来又有新的走访，请在新的那一户登记。"))
    _stays(session, last, by=by, now=now)
    last.outcome, last.by = outcome, by
    last.remark = remark.strip() or last.remark
    visit.closed_at, visit.closed_by, visit.tries = None, None, visit.tries - 1
    session.flush()
    say(session, _of(session, visit), SAYS.get(outcome, Reason.UNKNOWN))
    _settle(session, visit, outcome, by, now)
    if outcome in LEAVES:
        leave(session, last, by=by, now=now)
    return last


def reopen(session: Session, member_id: int, *, by: int, now: datetime) -> None:
    """Somebody goes again to whom a visit had recorded as dead or moved."""
    visit = session.scalar(
        select(Visit)
        .where(Visit.member_id == member_id, Visit.outcome.in_(LEAVES))
        .order_by(Visit.id.desc())
        .limit(1)
    )
    if visit is not None and not _another(session, visit):
        correct(session, visit, VisitOutcome.NOBODY_HOME, by=by, now=now)


def _stays(session: Session, tried: VisitTry, *, by: int, now: datetime) -> None:
    """Take back what was said of the person's place on the register, if anything."""
    if tried.outcome not in LEAVES:
        return
    found = departures.standing(session, tried.member_id)
    if found is not None:
        come_back(session, found, by=by, now=now)
    elif session.get_one(Member, tried.member_id).status is LEAVES[tried.outcome]:
        raise NotReady(mark("县残联已经确认了，不能再改。请和县残联联系。"))


def _settle(
    session: Session,
    visit: Visit,
    outcome: VisitOutcome,
    by: int | None,
    now: datetime,
) -> None:
    ends = outcome in SAYS
    moved = session.scalar(
        update(Visit)
        .where(Visit.id == visit.id, Visit.closed_at.is_(None))
        .values(
            outcome=outcome,
            tries=Visit.tries + 1,
            tried_at=now,
            closed_at=now if ends else None,
            closed_by=by if ends else None,
        )
        .returning(Visit.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(visit)
    if moved is None:
        raise Stale(mark("这一户刚有人登记过。刷新后再看。"))
    if ends:
        say(session, _of(session, visit), SAYS[outcome])


def _of(session: Session, visit: Visit) -> list[tuple[int, int]]:
    """Campaign and member of everything that this visit makes up for."""
    missed = select(VisitMissed.campaign_id).where(VisitMissed.visit_id == visit.id)
    return [(key, visit.member_id) for key in session.scalars(missed)]


def _another(session: Session, visit: Visit) -> bool:
    other = select(Visit.id).where(
        Visit.member_id == visit.member_id, Visit.closed_at.is_(None)
    )
    return session.scalar(other) is not None
