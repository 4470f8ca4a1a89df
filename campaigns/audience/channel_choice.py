"""Which phone a text goes to, and why it would not: as SQL, and as a sentence.

The same expressions freeze an audience (INSERT ... SELECT) and count a segment, so
that the figure shown before release and the messages made after it cannot differ.
How often a phone was written to, and who shares it, is known to delivery alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, false, literal, or_, select

from campaigns.errors import mark
from campaigns.register.models import Member, OptOut
from campaigns.vocabulary import (
    Addressee,
    Category,
    LegalBasis,
    MemberStatus,
    NumberStatus,
    Reason,
    Urgency,
)

CHINA = ZoneInfo("Asia/Shanghai")
CHILD_UNDER = 14
NEEDS_GUARDIAN = Category.INTELLECTUAL.bit | Category.PSYCHOSOCIAL.bit
DEAF_BLIND = Category.VISUAL.bit | Category.HEARING.bit
DEAD_NUMBERS = (NumberStatus.EMPTY, NumberStatus.SUSPENDED, NumberStatus.BLOCKED)


def born_after(now: datetime, years: int) -> date:
    """Whoever is born after this day is younger than ``years`` in China at ``now``."""
    today = now.astimezone(CHINA).date()
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)


@dataclass(frozen=True, slots=True)
class Choice:
    """How one campaign reaches each member, as SQL expressions over Member."""

    addressee: ColumnElement[str]
    phone_index: ColumnElement[bytes | None]
    reason: ColumnElement[str]
    suits: ColumnElement[bool]


def choose(urgency: Urgency, now: datetime, *, loudspeaker: bool = True) -> Choice:
    """The expressions for a campaign; ``loudspeaker``: villages hear it as well."""
    return Choice(
        addressee(now),
        phone_index(now),
        reason(now, urgency=urgency, loudspeaker=loudspeaker),
        suits(now),
    )


def needs_guardian(now: datetime) -> ColumnElement[bool]:
    """Under 14, or an intellectual or psychosocial component, known or unknown."""
    return or_(
        and_(
            Member.birth_date.is_not(None),
            Member.birth_date > born_after(now, CHILD_UNDER),
        ),
        Member.categories.op("&")(NEEDS_GUARDIAN) != 0,
        _unknown_components(),
    )


def to_guardian(now: datetime) -> ColumnElement[bool]:
    """Whether the guardian's phone is used: wanted and there, or the only one alive."""
    own = and_(
        Member.phone_index.is_not(None), Member.number_status.not_in(DEAD_NUMBERS)
    )
    return and_(
        Member.guardian_phone_index.is_not(None), or_(needs_guardian(now), ~own)
    )


def addressee(now: datetime) -> ColumnElement[str]:
    """``guardian`` or ``member``, as text."""
    return case(
        (to_guardian(now), Addressee.GUARDIAN.value), else_=Addressee.MEMBER.value
    )


def phone_index(now: datetime) -> ColumnElement[bytes | None]:
    """Blind index of the phone that is used, or NULL without one."""
    return case(
        (to_guardian(now), Member.guardian_phone_index), else_=Member.phone_index
    )


def reason(
    now: datetime,
    *,
    urgency: Urgency = Urgency.MUST_REACH,
    loudspeaker: bool = True,
) -> ColumnElement[str]:
    """Why no text is sent, as a ``Reason`` value; empty when one is."""
    chosen = phone_index(now)
    hears = Member.village.is_not(None) if loudspeaker else false()
    return case(
        (Member.status != MemberStatus.ACTIVE, Reason.INACTIVE.value),
        (Member.legal_basis == LegalBasis.NONE, Reason.NO_LEGAL_BASIS.value),
        (_refused(chosen, urgency), Reason.OPTED_OUT.value),
        (
            Member.categories.op("&")(DEAF_BLIND) == DEAF_BLIND,
            Reason.DEAF_BLIND.value,
        ),
        (and_(chosen.is_(None), hears), Reason.NO_PHONE.value),
        (chosen.is_(None), Reason.NO_CONTACT.value),
        (
            and_(~to_guardian(now), Member.number_status.in_(DEAD_NUMBERS)),
            Reason.NUMBER_BAD.value,
        ),
        else_=literal(Reason.NONE.value),
    )


def suits(now: datetime) -> ColumnElement[bool]:
    """Whether a text alone reaches the person: read by a guardian, or readable."""
    blind = or_(
        Member.categories.op("&")(Category.VISUAL.bit) != 0, _unknown_components()
    )
    return or_(to_guardian(now), ~blind, Member.reads_aloud)


def _unknown_components() -> ColumnElement[bool]:
    return and_(
        Member.certificate_category == int(Category.MULTIPLE), Member.categories == 0
    )


def _refused(
    chosen: ColumnElement[bytes | None], urgency: Urgency
) -> ColumnElement[bool]:
    if urgency == Urgency.EMERGENCY:
        return false()
    scopes = ("all", "tips") if urgency == Urgency.TIP else ("all",)
    standing = OptOut.lifted_at.is_(None), OptOut.scope.in_(scopes)
    phones = select(OptOut.phone_index).where(~OptOut.personal, *standing)
    people = select(OptOut.member_id).where(OptOut.personal, *standing)
    return or_(chosen.in_(phones), Member.id.in_(people))


def explain(member: Member, now: datetime) -> str:
    """The sentence (msgid) that tells how this person is reached, and why."""
    if member.categories & DEAF_BLIND == DEAF_BLIND:
        return mark("听看都困难，没有合适的远程方式：请派熟悉的人上门。")
    own = member.phone_index is not None and member.number_status not in DEAD_NUMBERS
    wanted, why = _wants_guardian(member, now)
    if wanted and member.guardian_phone_index is not None:
        return why
    if own:
        return _by_own_phone(member)
    if member.guardian_phone_index is not None:
        return mark("发短信给监护人，因为本人没有能用的手机。")
    if member.village is not None:
        return mark("没有手机：靠村里的大喇叭，再请村里的人上门。")
    return mark("没有联系方式：请先补上电话或所在的村。")


def _by_own_phone(member: Member) -> str:
    if member.categories & Category.VISUAL.bit and not member.reads_aloud:
        return mark("发短信给本人，再由大喇叭或电话说一遍，因为看字有困难。")
    return mark("发短信给本人。")


def _wants_guardian(member: Member, now: datetime) -> tuple[bool, str]:
    born = member.birth_date
    if born is not None and born > born_after(now, CHILD_UNDER):
        return True, mark("发短信给监护人，因为本人未满 14 岁。")
    unknown = member.certificate_category == Category.MULTIPLE and not member.categories
    wanted = bool(member.categories & NEEDS_GUARDIAN) or unknown
    return wanted, mark("发短信给监护人，请家人帮着看、帮着办。")
