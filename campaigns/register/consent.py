"""What a person said about being told: basis and wishes, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotReady, Refused, mark
from campaigns.orm import Base, Key
from campaigns.privacy import Sealed
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.shanghai import day_of
from campaigns.vocabulary import LegalBasis, MemberStatus, Preference, Urgency

CHILD_UNDER = 14
PURPOSES = (Urgency.TIP, Urgency.MUST_REACH)
"""What a basis is needed for: where life is in danger none is asked."""

_SHOWN = 50


class ConsentNote(Base):
    """One thing that was said: ``kind`` is a column of Member or ``guardian_told``."""

    __tablename__ = "consent_note"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(Key, index=True)
    kind: Mapped[str] = mapped_column(String(24))
    said: Mapped[str] = mapped_column(String(24))
    evidence: Mapped[str] = mapped_column(Sealed("consent_note.evidence"))
    recorded_by: Mapped[int | None] = mapped_column(Key)
    recorded_at: Mapped[datetime]


GUARDIAN_IS_NEW: ColumnElement[bool] = and_(
    Member.guardian_phone_index.is_not(None),
    or_(
        Member.guardian_known_index.is_(None),
        Member.guardian_known_index != Member.guardian_phone_index,
    ),
)
"""Condition on Member: their guardian has a phone that nobody told them of in person.

``member_guardian_new`` holds those few alone, so that asking for them does not read the
register. PostgreSQL takes them for most people with a guardian: ask in the order of
``guardian_known_index``, which only this index has, or by columns that are all in it.
"""
Index(
    "member_guardian_new",
    *(Member.guardian_known_index, Member.guardian_phone_index),
    *(Member.guardian_noticed_index, Member.phone_index, Member.status),
    *(Member.township, Member.village, Member.categories),
    sqlite_where=GUARDIAN_IS_NEW,
    postgresql_where=GUARDIAN_IS_NEW,
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person may and wishes to be told; ``bases`` by purpose."""

    bases: dict[Urgency, LegalBasis]
    preference: Preference
    guardian_copy: bool
    reads_aloud: bool

    @classmethod
    def of(cls, member: Member) -> Wishes:
        """What is on record."""
        tips = member.tips_basis or member.legal_basis
        return cls(
            {Urgency.TIP: tips, Urgency.MUST_REACH: member.legal_basis},
            member.preference,
            member.guardian_copy,
            member.reads_aloud,
        )


def keep(  # noqa: PLR0913 - whose, what, and how we know
    session: Session,
    member: Member,
    wishes: Wishes,
    *,
    evidence: str,
    by: int | None,
    now: datetime,
) -> list[ConsentNote]:
    """Keep what a person said; a note for each thing that changes.

    Raises Refused without evidence, for a child's own consent, and where a child's
    copy to the guardian would end: under 14 the guardian alone is told.
    """
    child = is_child(member, now)
    if child and LegalBasis.CONSENT in wishes.bases.values():
        raise Refused(mark("未满 14 岁要监护人同意。请选“监护人同意”。"))
    if child and not wishes.guardian_copy:
        raise Refused(mark("未满 14 岁只发给监护人，不能停。"))
    changes = _changes(member, wishes)
    if changes and not evidence.strip():
        raise Refused(mark("请写谁、什么时候、怎么说的，作为凭据。"))
    for column, value in changes.items():
        setattr(member, column, value)
    notes = [
        _note(member, column, _short(value), evidence, by, now)
        for column, value in changes.items()
    ]
    member.updated_at = now if notes else member.updated_at
    session.add_all(notes)
    session.flush()
    return notes


def notes_of(session: Session, member_id: int) -> Sequence[ConsentNote]:
    """What was said, the latest first."""
    mine = select(ConsentNote).where(ConsentNote.member_id == member_id)
    return session.scalars(mine.order_by(ConsentNote.id.desc()).limit(_SHOWN)).all()


def to_tell(session: Session, scope: Scope, limit: int = _SHOWN) -> Sequence[Member]:
    """Adults whose guardian has another phone now, which nobody told them of."""
    found = select(Member).where(*scope.where(), _unaware())
    return session.scalars(found.order_by(Member.id).limit(limit)).all()


def how_many_to_tell(scope: Scope) -> Select[int]:
    """Counts those whom ``to_tell`` would list."""
    return select(func.count()).where(*scope.where(), _unaware())


def told(
    session: Session, member: Member, *, evidence: str, by: int | None, now: datetime
) -> None:
    """The person knows of the guardian's phone. Raises Refused, NotReady."""
    if member.guardian_phone_index == member.guardian_known_index:
        raise NotReady(mark("本人已经知道监护人的电话了。"))
    if not evidence.strip():
        raise Refused(mark("请写谁、什么时候、怎么说的，作为凭据。"))
    member.guardian_known_index = member.guardian_phone_index
    session.add(_note(member, "guardian_told", "", evidence, by, now))
    session.flush()


def is_child(member: Member, now: datetime) -> bool:
    """Under 14; whose birth date is unknown is none."""
    born, today = member.birth_date, day_of(now)
    if born is None:
        return False
    before_birthday = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - before_birthday < CHILD_UNDER


def _unaware() -> ColumnElement[bool]:
    return and_(
        GUARDIAN_IS_NEW,
        Member.phone_index.is_not(None),
        Member.status == MemberStatus.ACTIVE,
    )


def _changes(member: Member, wishes: Wishes) -> dict[str, Any]:
    tips, must = wishes.bases[Urgency.TIP], wishes.bases[Urgency.MUST_REACH]
    asked = {
        "legal_basis": must,
        "tips_basis": None if tips == must else tips,
        "preference": wishes.preference,
        "guardian_copy": wishes.guardian_copy,
        "reads_aloud": wishes.reads_aloud,
    }
    return {
        column: value
        for column, value in asked.items()
        if getattr(member, column) != value
    }


def _short(value: object) -> str:
    if value is None:
        return "same"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _note(  # noqa: PLR0913, PLR0917 - a row's columns
    member: Member,
    kind: str,
    said: str,
    evidence: str,
    by: int | None,
    now: datetime,
) -> ConsentNote:
    return ConsentNote(
        member_id=member.id,
        kind=kind,
        said=said,
        evidence=evidence.strip(),
        recorded_by=by,
        recorded_at=now,
    )
