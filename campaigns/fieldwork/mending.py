"""Numbers to mend: who has one that fails, what was found out, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery.models import NumberRecord
from campaigns.delivery.numbers import settle_number
from campaigns.errors import NotFound, mark
from campaigns.fieldwork.visit_models import VisitTry
from campaigns.register.models import Member, Place
from campaigns.register.scope import Scope
from campaigns.vocabulary import NumberStatus

TO_MEND = (
    NumberStatus.SUSPECT,
    NumberStatus.EMPTY,
    NumberStatus.SUSPENDED,
    NumberStatus.BLOCKED,
)
FOUND = (NumberStatus.NORMAL, NumberStatus.EMPTY, NumberStatus.SUSPENDED)
"""What a person finds out who rings the number."""

AT_MOST = 500


@dataclass(frozen=True, slots=True)
class ToMend:
    """A person whose number fails; ``said`` is a new one told at a visit."""

    member: Member
    township: str
    village: str
    strikes: int
    last_at: datetime | None
    said: VisitTry | None


def to_mend(session: Session, scope: Scope, limit: int = AT_MOST) -> list[ToMend]:
    """Numbers that fail and new ones that were told, by township and village."""
    told = select(VisitTry.member_id).where(
        VisitTry.new_phone.is_not(None), VisitTry.taken_over_at.is_(None)
    )
    found = session.execute(
        select(Member, NumberRecord.strikes, NumberRecord.last_at)
        .outerjoin(NumberRecord, NumberRecord.phone_index == Member.phone_index)
        .where(Member.number_status.in_(TO_MEND) | Member.id.in_(told), *scope.where())
        .order_by(Member.township, Member.village, Member.id)
        .limit(limit)
    ).all()
    names: Mapping[str, str] = dict(
        session.execute(select(Place.code, Place.name)).all()
    )
    new = _told(session, [member.id for member, _, _ in found])
    return [
        ToMend(
            member,
            names.get(member.township, member.township),
            names.get(member.village or "", ""),
            strikes or 0,
            last_at,
            new.get(member.id),
        )
        for member, strikes, last_at in found
    ]


def take_over(session: Session, tried: VisitTry, *, now: datetime) -> Member:
    """Put a number that was told at a visit on the register. Raises NotFound."""
    if tried.new_phone is None or tried.taken_over_at is not None:
        raise NotFound(mark("没有要换的新号码，可能已经换过了。"))
    member = session.get_one(Member, tried.member_id)
    member.phone = tried.new_phone
    member.phone_index = privacy.blind("phone", tried.new_phone)
    tried.taken_over_at = now
    session.flush()
    settle_number(session, member, NumberStatus.NORMAL, now)
    return member


def get_told(session: Session, scope: Scope, try_id: int) -> VisitTry:
    """The try with the new number, within ``scope``. Raises NotFound."""
    found = session.scalar(
        select(VisitTry).join(Member).where(VisitTry.id == try_id, *scope.where())
    )
    if found is None:
        raise NotFound(mark("没有要换的新号码，可能已经换过了。"))
    return found


def _told(session: Session, ids: list[int]) -> dict[int, VisitTry]:
    tries = select(VisitTry).where(
        VisitTry.member_id.in_(ids),
        VisitTry.new_phone.is_not(None),
        VisitTry.taken_over_at.is_(None),
    )
    return {it.member_id: it for it in session.scalars(tries.order_by(VisitTry.id))}
