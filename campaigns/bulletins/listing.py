"""Lists of bulletins for people who choose one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.bulletins.readiness import longest_of, longest_places
from campaigns.errors import Refused
from campaigns.register.models import Unit
from campaigns.register.unit import current_unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import BulletinState, Urgency

LETTERS_A_SECOND = 3.3
"""About how many letters of a spoken text are read in a second."""


@dataclass(frozen=True, slots=True)
class BulletinRow:
    """One bulletin's version in a list; ``parts`` is None while a variable is empty.

    ``seconds`` are about those of one reading.
    """

    id: int
    version_id: int
    number: int
    title: str
    topic: str
    urgency: Urgency
    state: BulletinState
    parts: int | None
    seconds: int
    valid_until: date | None
    issue_number: str | None
    written_by: int | None
    written_at: datetime
    heard_by: str | None


def list_bulletins(
    session: Session,
    *,
    states: Iterable[BulletinState] = (),
    categories: int = 0,
    limit: int = 200,
) -> list[BulletinRow]:
    """The last version in one of ``states`` of each bulletin, newest first.

    ``categories`` keeps to an association's own bulletins; 0 shows all.
    """
    wanted = list(states) or list(BulletinState)
    last = (
        select(func.max(BulletinVersion.number))
        .where(
            BulletinVersion.bulletin_id == Bulletin.id,
            BulletinVersion.state.in_(wanted),
        )
        .correlate(Bulletin)
        .scalar_subquery()
    )
    query = (
        select(BulletinVersion, Bulletin)
        .join(Bulletin, BulletinVersion.bulletin_id == Bulletin.id)
        .where(BulletinVersion.number == last, Bulletin.deleted_at.is_(None))
        .order_by(BulletinVersion.written_at.desc(), BulletinVersion.id.desc())
        .limit(limit)
    )
    if categories:
        query = query.where(Bulletin.categories.op("&")(categories) != 0)
    found = session.execute(query).all()
    if not found:
        return []
    unit = current_unit(session)
    places = longest_places(session, unit)
    return [_row(version, its, unit, places) for version, its in found]


def usable(session: Session, now: datetime, categories: int = 0) -> list[BulletinRow]:
    """Issued bulletins that are still valid today in Shanghai."""
    today = day_of(now)
    rows = list_bulletins(session, states=[BulletinState.ISSUED], categories=categories)
    return [row for row in rows if row.valid_until and row.valid_until >= today]


def ids_after(
    session: Session, after: int, *, categories: int = 0, limit: int
) -> list[int]:
    """Ids of bulletins above ``after``, in their order; ``categories`` as above."""
    query = (
        select(Bulletin.id)
        .where(Bulletin.id > after, Bulletin.deleted_at.is_(None))
        .order_by(Bulletin.id)
        .limit(limit)
    )
    if categories:
        query = query.where(Bulletin.categories.op("&")(categories) != 0)
    return list(session.scalars(query))


def expired(row: BulletinRow, now: datetime) -> bool:
    """Whether an issued bulletin's validity has passed."""
    today = day_of(now)
    issued = row.state is BulletinState.ISSUED
    return issued and row.valid_until is not None and row.valid_until < today


def _row(
    version: BulletinVersion, its: Bulletin, unit: Unit, places: list[tuple[str, str]]
) -> BulletinRow:
    return BulletinRow(
        id=its.id,
        version_id=version.id,
        number=version.number,
        title=its.title,
        topic=its.topic,
        urgency=version.urgency,
        state=version.state,
        parts=_parts(version, unit, places),
        seconds=round(len(version.spoken_text) / LETTERS_A_SECOND),
        valid_until=version.valid_until,
        issue_number=version.issue_number,
        written_by=version.written_by,
        written_at=version.written_at,
        heard_by=version.heard_by,
    )


def _parts(
    version: BulletinVersion, unit: Unit, places: list[tuple[str, str]]
) -> int | None:
    try:
        return longest_of(version, unit, places).parts if version.sms_text else 0
    except Refused:
        return None
