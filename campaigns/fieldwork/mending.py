"""Numbers to mend: who has one that fails, what was found out, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery.numbers import settle_number
from campaigns.errors import NotFound, Refused, mark
from campaigns.fieldwork.visit_models import VisitTry
from campaigns.register.models import Member, Place
from campaigns.register.number_records import NumberRecord, recorded
from campaigns.register.phones import read_phone
from campaigns.register.scope import Scope
from campaigns.vocabulary import Addressee, MemberStatus, NumberStatus

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
    """A number that fails, the person's own or their guardian's by ``addressee``.

    ``said`` is a new one told at a visit.
    """

    member: Member
    addressee: Addressee
    township: str
    village: str
    status: NumberStatus
    strikes: int
    last_at: datetime | None
    said: VisitTry | None

    @property
    def phone(self) -> str | None:
        """The number itself."""
        own = self.addressee is Addressee.MEMBER
        return self.member.phone if own else self.member.guardian_phone


def to_mend(session: Session, scope: Scope, limit: int = AT_MOST) -> list[ToMend]:
    """Numbers that fail and new ones that were told, by township and village."""
    names: Mapping[str, str] = dict(
        session.execute(select(Place.code, Place.name)).all()
    )
    found = [
        (member, addressee, record)
        for addressee in (Addressee.MEMBER, Addressee.GUARDIAN)
        for member, record in session.execute(_failing(scope, addressee, limit))
    ]
    found.sort(key=lambda it: (it[0].township, it[0].village or "", it[0].id, it[1]))
    new = _told(session, [member.id for member, _, _ in found])
    return [
        ToMend(
            member,
            addressee,
            names.get(member.township, member.township),
            names.get(member.village or "", ""),
            _status(member, addressee, record),
            record.strikes if record else 0,
            record.last_at if record and record.strikes else None,
            new.get((member.id, addressee)),
        )
        for member, addressee, record in found[:limit]
    ]


def how_many(scope: Scope) -> Select[int]:
    """Counts the numbers that wait to be checked, guardians' among them."""
    doubtful = (
        Member.number_status == NumberStatus.SUSPECT,
        Member.guardian_phone_index.in_(recorded((NumberStatus.SUSPECT,))),
    )
    own, guardians = (
        select(func.count(Member.id)).where(which, _ACTIVE, *scope.where())
        for which in doubtful
    )
    return select(own.scalar_subquery() + guardians.scalar_subquery())


def take_over(session: Session, tried: VisitTry, *, now: datetime) -> Member:
    """Put a number that was told at a visit on the register. Raises NotFound."""
    if tried.new_phone is None or tried.taken_over_at is not None:
        raise NotFound(mark("没有要换的新号码，可能已经换过了。"))
    member = session.get_one(Member, tried.member_id)
    renew(session, member, tried.phone_of, tried.new_phone, now=now)
    return member


def read_new(member: Member, addressee: Addressee, text: str) -> str:
    """A number to put in the place of one that fails, as E.164. Raises Refused."""
    phone = read_phone(text)
    own = addressee is Addressee.MEMBER
    if phone == (member.phone if own else member.guardian_phone):
        raise Refused(
            mark("这就是原来的号码。"), mark("能打通的，请在“核实”里选“正常”。")
        )
    return phone


def renew(
    session: Session, member: Member, addressee: Addressee, phone: str, *, now: datetime
) -> None:
    """Put ``phone`` in the place of the person's number or their guardian's.

    A person told it, so it works; what was told at visits before is settled with it.
    """
    index = privacy.blind("phone", phone)
    if addressee is Addressee.GUARDIAN:
        member.guardian_phone, member.guardian_phone_index = phone, index
    else:
        member.phone, member.phone_index = phone, index
    member.updated_at = now
    for tried in session.scalars(_told_of([member.id])):
        if tried.phone_of is addressee:
            tried.taken_over_at = now
    session.flush()
    settle_number(session, index, NumberStatus.NORMAL, now)


def get_told(session: Session, scope: Scope, try_id: int) -> VisitTry:
    """The try with the new number, within ``scope``. Raises NotFound."""
    found = session.scalar(
        select(VisitTry).join(Member).where(VisitTry.id == try_id, *scope.where())
    )
    if found is None:
        raise NotFound(mark("没有要换的新号码，可能已经换过了。"))
    return found


def _failing(
    scope: Scope, addressee: Addressee, limit: int
) -> Select[Member, NumberRecord]:
    """Members with a number of ``addressee`` to mend, and what is recorded of it."""
    told = select(VisitTry.member_id).where(_untaken(), VisitTry.phone_of == addressee)
    if addressee is Addressee.MEMBER:
        index, fails = Member.phone_index, Member.number_status.in_(TO_MEND)
    else:
        index = Member.guardian_phone_index
        fails = index.in_(recorded(TO_MEND))
    return (
        select(Member, NumberRecord)
        .outerjoin(NumberRecord, NumberRecord.phone_index == index)
        .where(or_(fails, Member.id.in_(told)), _ACTIVE, *scope.where())
        .order_by(Member.township, Member.village, Member.id)
        .limit(limit)
    )


_ACTIVE = Member.status == MemberStatus.ACTIVE


def _status(
    member: Member, addressee: Addressee, record: NumberRecord | None
) -> NumberStatus:
    if addressee is Addressee.MEMBER:
        return member.number_status
    return record.status if record else NumberStatus.NORMAL


def _untaken() -> ColumnElement[bool]:
    return and_(VisitTry.new_phone.is_not(None), VisitTry.taken_over_at.is_(None))


def _told(session: Session, ids: list[int]) -> dict[tuple[int, Addressee], VisitTry]:
    return {(it.member_id, it.phone_of): it for it in session.scalars(_told_of(ids))}


def _told_of(ids: list[int]) -> Select[VisitTry]:
    tries = select(VisitTry).where(VisitTry.member_id.in_(ids), _untaken())
    return tries.order_by(VisitTry.id)
