"""What the visits' pages show: whom to see, why, how, and who carries how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from campaigns.fieldwork.visit_models import Visit, VisitMissed
from campaigns.fieldwork.visiting import A_DAY
from campaigns.planning.models import Campaign
from campaigns.register.approach import how_to_meet
from campaigns.register.models import Member, Place
from campaigns.register.scope import Scope, within
from campaigns.vocabulary import Urgency

AT_MOST = 200
_LATELY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as a list shows it.

    ``shown`` is whether name, house and phone stand in full: inside an open visit
    that somebody is responsible for. ``reasons`` are codes of why campaigns missed
    the person, ``how`` sentences (msgids) on how to meet them, never a category.
    """

    visit: Visit
    member: Member
    township: str
    village: str
    reasons: tuple[str, ...]
    how: tuple[str, ...]

    @property
    def shown(self) -> bool:
        """Whether the person may be named in full."""
        return self.visit.closed_at is None and bool(self.visit.worker)


@dataclass(frozen=True, slots=True)
class Load:
    """Open visits of one place or worker; ``urgent`` are emergencies'."""

    code: str
    name: str
    n: int
    urgent: int
    due: int

    @property
    def too_many(self) -> bool:
        """Whether one person cannot do it in a day."""
        return self.n > A_DAY


def open_rows(
    session: Session,
    scope: Scope,
    *,
    place: str = "",
    worker: str = "",
    limit: int = AT_MOST,
) -> list[VisitRow]:
    """Open visits: emergencies first, who goes first among them, the soonest due."""
    conditions = [Visit.closed_at.is_(None), *_where(scope, place)]
    if worker:
        conditions.append(Visit.worker == worker)
    order = (Visit.emergency.desc(), Visit.rank, Visit.due_at, Visit.village, Visit.id)
    return _rows(session, conditions, order, limit)


def closed_rows(
    session: Session, scope: Scope, now: datetime, *, place: str = "", limit: int = 50
) -> list[VisitRow]:
    """Visits closed in the last day, the latest first."""
    since = Visit.closed_at >= now - _LATELY
    order = (Visit.closed_at.desc(), Visit.id.desc())
    return _rows(session, [since, *_where(scope, place)], order, limit)


def ledger_rows(
    session: Session, scope: Scope, since: datetime, limit: int = 20_000
) -> list[VisitRow]:
    """Every visit that is open, or was closed after ``since``, by village."""
    ours = or_(Visit.closed_at.is_(None), Visit.closed_at > since)
    order = (Visit.township, Visit.village, Visit.rank, Visit.id)
    return _rows(session, [ours, *scope.where()], order, limit)


def one_row(session: Session, visit: Visit) -> VisitRow:
    """The row of one visit."""
    return _rows(session, [Visit.id == visit.id], (Visit.id,), 1)[0]


def next_visit(session: Session, scope: Scope, after: Visit) -> Visit | None:
    """Where to go from ``after``.

    The same worker's next in the village, then nobody's there, then the worker's
    elsewhere.
    """
    mine = [Visit.closed_at.is_(None), Visit.id != after.id, *scope.where()]
    near = Visit.village == after.village
    own = Visit.worker == after.worker
    mine.append(or_(own, and_(Visit.worker.is_(None), near)))
    here = case((and_(near, own), 0), (near, 1), else_=2)
    return session.scalar(
        select(Visit)
        .join(Member, Member.id == Visit.member_id)
        .where(*mine)
        .order_by(here, Visit.emergency.desc(), Visit.rank, Visit.due_at, Visit.id)
        .limit(1)
    )


def left_near(session: Session, scope: Scope, visit: Visit) -> int:
    """Open visits in the same village, this one among them."""
    near = Visit.village == visit.village, Visit.township == visit.township
    found = (
        select(func.count())
        .select_from(Visit)
        .join(Member, Member.id == Visit.member_id)
        .where(Visit.closed_at.is_(None), *near, *scope.where())
    )
    return session.scalar(found) or 0


def by_village(session: Session, scope: Scope, now: datetime) -> list[Load]:
    """Villages with open visits: life first, then where most are open."""
    names = dict(session.execute(select(Place.code, Place.name)).all())
    found = _loads(session, scope, func.coalesce(Visit.village, Visit.township), now)
    return [Load(code, names.get(code, code), *sums) for code, *sums in found]


def by_worker(session: Session, scope: Scope, now: datetime) -> list[Load]:
    """How many open visits each worker has; those of nobody have an empty name."""
    found = _loads(session, scope, func.coalesce(Visit.worker, ""), now)
    return [Load(name, name, *sums) for name, *sums in found]


def emergencies(session: Session, now: datetime) -> list[Campaign]:
    """Emergencies that began within a day, the latest first."""
    found = select(Campaign).where(
        Campaign.urgency == Urgency.EMERGENCY, Campaign.launched_at > now - _LATELY
    )
    return list(session.scalars(found.order_by(Campaign.launched_at.desc())))


def counts(session: Session) -> dict[str, int]:
    """Visits of all campaigns by state: open, done, unneeded."""
    state = case(
        (Visit.closed_at.is_(None), "open"),
        (Visit.outcome == "unneeded", "unneeded"),
        else_="done",
    )
    found = session.execute(select(state, func.count()).group_by(state))
    return {"open": 0, "done": 0, "unneeded": 0} | dict(found.all())


def _where(scope: Scope, place: str) -> list[ColumnElement[bool]]:
    return [*scope.where(), *([within(place)] if place else [])]


def _loads(
    session: Session, scope: Scope, key: ColumnElement[str], now: datetime
) -> Sequence[Any]:
    urgent = func.sum(case((Visit.emergency, 1), else_=0))
    due = func.sum(case((Visit.due_at <= now, 1), else_=0))
    n = func.count()
    return session.execute(
        select(key, n, urgent, due)
        .select_from(Visit)
        .join(Member, Member.id == Visit.member_id)
        .where(Visit.closed_at.is_(None), *scope.where())
        .group_by(key)
        .order_by(urgent.desc(), n.desc(), key)
    ).all()


def _rows(
    session: Session,
    conditions: Iterable[ColumnElement[bool]],
    order: Iterable[Any],
    limit: int,
) -> list[VisitRow]:
    found = session.execute(
        select(Visit, Member)
        .join(Member, Member.id == Visit.member_id)
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
    )
    pairs = [(visit, member) for visit, member in found]
    codes = {code for v, _ in pairs for code in (v.township, v.village) if code}
    names = dict(
        session.execute(
            select(Place.code, Place.name).where(Place.code.in_(codes))
        ).all()
    )
    reasons = _reasons(session, [visit.id for visit, _ in pairs])
    return [
        VisitRow(
            visit,
            member,
            names.get(visit.township, visit.township),
            names.get(visit.village or "", ""),
            tuple(reasons[visit.id]),
            tuple(how_to_meet(member)),
        )
        for visit, member in pairs
    ]


def _reasons(session: Session, ids: list[int]) -> dict[int, list[str]]:
    """Why each was missed, without repeats; no reason means no confirmation came."""
    found: dict[int, list[str]] = defaultdict(list)
    missed = select(VisitMissed.visit_id, VisitMissed.reason).where(
        VisitMissed.visit_id.in_(ids)
    )
    for visit_id, reason in session.execute(missed.order_by(VisitMissed.id)):
        code = f"reason.{reason}" if reason else "visit.unconfirmed"
        if code not in found[visit_id]:
            found[visit_id].append(code)
    return found
