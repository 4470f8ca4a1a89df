"""What is true of a person, as SQL: age, components, phone, basis, refusal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    false,
    func,
    or_,
    select,
    true,
)

from campaigns.register.models import Member, OptOut
from campaigns.register.number_records import recorded
from campaigns.shanghai import day_of
from campaigns.vocabulary import Category, LegalBasis, NumberStatus, Urgency

CHILD_UNDER = 14
NEEDS_GUARDIAN = Category.INTELLECTUAL.bit | Category.PSYCHOSOCIAL.bit
DEAD_NUMBERS = (NumberStatus.EMPTY, NumberStatus.SUSPENDED, NumberStatus.BLOCKED)

Condition = ColumnElement[bool]


def born_after(now: datetime, years: int) -> date:
    """Whoever is born after this day is younger than ``years`` in China at ``now``."""
    today = day_of(now)
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)


def child(now: datetime) -> Condition:
    """Under 14 in China at ``now``; whose birth date is unknown is none."""
    born = Member.birth_date
    return and_(born.is_not(None), born > born_after(now, CHILD_UNDER))


def has(components: int) -> Condition:
    """Has one of the components in the bit mask."""
    return Member.categories.op("&")(components) != 0


def unknown_components() -> Condition:
    """Multiple disabilities, and nobody knows which: all needs."""
    multiple = Member.certificate_category == int(Category.MULTIPLE)
    return and_(multiple, Member.categories == 0)


def needs_guardian(now: datetime) -> Condition:
    """Under 14, or an intellectual or psychosocial component, known or unknown."""
    return or_(child(now), has(NEEDS_GUARDIAN), unknown_components())


def alive() -> Condition:
    """There is an own phone, and its number is not known to be dead."""
    dead = Member.number_status.in_(DEAD_NUMBERS)
    return and_(Member.phone_index.is_not(None), ~dead)


def guardian_alive() -> Condition:
    """There is a guardian's phone, and its number is not known to be dead.

    The guardian is nobody on the register: campaigns and whoever rang the number
    recorded it by its phone.
    """
    index = Member.guardian_phone_index
    return and_(index.is_not(None), index.not_in(recorded(DEAD_NUMBERS)))


def allowed(urgency: Urgency, now: datetime) -> Condition:
    """There is a legal basis for this purpose; life-safety needs none.

    Under 14 only the guardian can consent.
    """
    if urgency == Urgency.EMERGENCY:
        return true()
    own = Member.tips_basis if urgency == Urgency.TIP else Member.legal_basis
    basis = func.coalesce(own, Member.legal_basis)
    alone = and_(child(now), basis == LegalBasis.CONSENT)
    return and_(basis != LegalBasis.NONE, ~alone)


def refused(
    phone: SQLColumnExpression[bytes | None], urgency: Urgency, *, or_dead: bool = False
) -> Condition:
    """Somebody refused for the whole phone, or this very person for themselves.

    Nobody can refuse an emergency. ``or_dead``: or the number is recorded as dead; the
    same look-up tells it, where a second one cost a count a tenth more.
    """
    if urgency == Urgency.EMERGENCY:
        return phone.in_(recorded(DEAD_NUMBERS)) if or_dead else false()
    scopes = ("all", "tips") if urgency == Urgency.TIP else ("all",)
    standing = OptOut.lifted_at.is_(None), OptOut.scope.in_(scopes)
    phones = select(OptOut.phone_index).where(~OptOut.personal, *standing)
    people = select(OptOut.member_id).where(OptOut.personal, *standing)
    barred = phones.union_all(recorded(DEAD_NUMBERS)) if or_dead else phones
    there = and_(phone.is_not(None), phone.in_(barred))
    return or_(there, Member.id.in_(people))
