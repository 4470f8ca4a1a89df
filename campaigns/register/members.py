"""Finding people on the register: by whole name, phone or number, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.errors import NotFound, Refused, mark
from campaigns.register.certificates import read_certificate, read_id
from campaigns.register.models import Member
from campaigns.register.phones import read_phone
from campaigns.register.scope import Scope, within
from campaigns.register.text_cells import person_name
from campaigns.vocabulary import MemberStatus, NumberStatus

PAGE = 50
CONTACTS = ("phone", "guardian", "none", "suspect")
_BAD = (
    NumberStatus.SUSPECT,
    NumberStatus.EMPTY,
    NumberStatus.SUSPENDED,
    NumberStatus.BLOCKED,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader looks for; empty means everybody.

    ``find`` is a whole name, phone, ID or certificate number: nothing shorter can be
    found, because these columns are encrypted. ``contact`` is one of ``CONTACTS``.
    """

    find: str = ""
    categories: tuple[int, ...] = ()
    grades: tuple[int, ...] = ()
    place: str = ""
    contact: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """People in the order of their ids, and where the pages beside this one begin."""

    members: Sequence[Member]
    total: int
    next_after: int | None
    previous_before: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people a reader can see, and how many of them have no phone at all."""

    total: int
    without_contact: int


def find_members(  # noqa: PLR0913 - what a page's address holds
    session: Session,
    *,
    scope: Scope,
    filters: Filters | None = None,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the people within ``scope`` that fit ``filters``."""
    conditions = [*scope.where(), *_conditions(filters or Filters())]
    total = session.scalar(select(func.count(Member.id)).where(*conditions)) or 0
    found = select(Member).where(*conditions)
    if before is not None:
        page = found.where(Member.id < before).order_by(Member.id.desc())
    else:
        page = found.where(Member.id > (after or 0)).order_by(Member.id)
    rows = list(session.scalars(page.limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit] if before is None else rows[:limit][::-1]
    forward = more if before is None else bool(rows)
    back = bool(after and rows) if before is None else more
    return Page(
        rows,
        total,
        rows[-1].id if rows and forward else None,
        rows[0].id if rows and back else None,
    )


def get_member(session: Session, scope: Scope, member_id: int) -> Member:
    """The person. Raises NotFound alike for nobody and for somebody out of scope."""
    found = select(Member).where(Member.id == member_id, *scope.where())
    member = session.scalar(found)
    if member is None or member.status is MemberStatus.ERASED:
        raise NotFound(mark("没有找到这个人。请回到名册再找。"))
    return member


def count_members(session: Session, scope: Scope) -> Counts:
    """How many people are on the register within ``scope``."""
    nobody = and_(Member.phone_index.is_(None), Member.guardian_phone_index.is_(None))
    active = [Member.status == MemberStatus.ACTIVE, *scope.where()]
    total = session.scalar(select(func.count(Member.id)).where(*active))
    without = session.scalar(select(func.count(Member.id)).where(*active, nobody))
    return Counts(total or 0, without or 0)


def sharing(session: Session, phone_index: bytes) -> list[Member]:
    """Everybody who is reached by this phone, as their own or a guardian's.

    The second row of one person is nobody.
    """
    either = or_(
        Member.phone_index == phone_index, Member.guardian_phone_index == phone_index
    )
    people = select(Member).where(either, Member.status != MemberStatus.MERGED)
    return list(session.scalars(people.order_by(Member.id)))


def set_status(
    session: Session, member: Member, status: MemberStatus, now: datetime
) -> None:
    """Note that somebody moved away, died, or is back."""
    member.status, member.updated_at = status, now
    session.flush()


def name_index(name: str) -> bytes:
    """Blind index of a person's name in its one form."""
    return privacy.blind("name", person_name(name).casefold())


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Member.status != MemberStatus.ERASED]
    if filters.find.strip():
        conditions.append(_found(filters.find.strip()))
    if filters.categories:
        asked = [int(category) for category in filters.categories]
        conditions.append(Member.certificate_category.in_(asked))
    if filters.grades:
        conditions.append(Member.grade.in_(filters.grades))
    if filters.place:
        conditions.append(within(filters.place))
    if filters.status:
        conditions.append(Member.status == MemberStatus(filters.status))
    return conditions + _contact(filters.contact)


def _contact(contact: str) -> list[ColumnElement[bool]]:
    own = Member.phone_index.is_not(None)
    guardian = Member.guardian_phone_index.is_not(None)
    wanted = {
        "phone": own,
        "guardian": and_(~own, guardian),
        "none": and_(~own, ~guardian),
        "suspect": Member.number_status.in_(_BAD),
    }
    return [wanted[contact]] if contact in wanted else []


def _found(text: str) -> ColumnElement[bool]:
    for read in (_by_phone, _by_certificate, _by_id):
        try:
            return read(text)
        except Refused:
            continue
    return Member.name_index == name_index(text)


def _by_phone(text: str) -> ColumnElement[bool]:
    index = privacy.blind("phone", read_phone(text))
    return or_(Member.phone_index == index, Member.guardian_phone_index == index)


def _by_certificate(text: str) -> ColumnElement[bool]:
    number = read_certificate(text).id_number
    return Member.identity == privacy.blind("id", number)


def _by_id(text: str) -> ColumnElement[bool]:
    return Member.identity == privacy.blind("id", read_id(text).number)
