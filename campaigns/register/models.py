"""Tables of the register: unit, places, members and refusals."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.vocabulary import (
    Category,
    LegalBasis,
    Level,
    MemberStatus,
    NumberStatus,
    Preference,
    Sex,
)


class Unit(Base):
    """The county federation that this service works for; one row.

    ``part_price`` in thousandths of a yuan, window bounds in minutes of Shanghai's day;
    an approval waits ``hold_seconds``, one person's own ``lone_hold_hours`` (0: never),
    wider hours that somebody asked for are ``asked_``. Since ``practice_since`` all is
    invented; messages up to the number ``practised_to`` were, and went with it.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    signature: Mapped[str] = mapped_column(String(12))
    landline: Mapped[str] = mapped_column(String(20), default="")
    text_phone: Mapped[str] = mapped_column(String(20), default="")
    part_price: Mapped[int] = mapped_column(default=49)
    window_from: Mapped[int] = mapped_column(SmallInteger, default=480)
    window_to: Mapped[int] = mapped_column(SmallInteger, default=1200)
    hold_seconds: Mapped[int] = mapped_column(default=60)
    asked_from: Mapped[int | None] = mapped_column(SmallInteger)
    asked_to: Mapped[int | None] = mapped_column(SmallInteger)
    asked_hold: Mapped[int | None]
    asked_by: Mapped[int | None] = mapped_column(Key)
    lone_hold_hours: Mapped[int] = mapped_column(SmallInteger, default=0)
    practice_since: Mapped[datetime | None]
    practised_to: Mapped[int] = mapped_column(Key, default=0)


class Place(Base):
    """A county, township or village; the subtree of a place is a prefix of its code.

    A village's two duty people are told when there is something to play.
    """

    __tablename__ = "place"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[Level] = mapped_column(closed(Level))
    parent: Mapped[str | None] = mapped_column(String(20), index=True)
    aliases: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(String(120), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    duty_name: Mapped[str | None] = mapped_column(Sealed("place.duty_name"))
    duty_phone: Mapped[str | None] = mapped_column(Sealed("place.duty_phone"))
    second_name: Mapped[str | None] = mapped_column(Sealed("place.second_name"))
    second_phone: Mapped[str | None] = mapped_column(Sealed("place.second_phone"))


_ALIKE = ("township", "status", "birth_date")


def _as_given(context: DefaultExecutionContext) -> bytes | None:
    """What a list says at first about the guardian's phone is taken as known."""
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return given.get("guardian_phone_index")  # type: ignore[no-any-return]


class Member(Base):
    """A person on the register.

    ``categories`` is the bit mask of the components 1 to 6, ``certificate_category``
    the digit 1 to 7 on the certificate. ``identity`` is the blind index of the
    18-character ID, or, for a provisional person without one, of name, phone and
    village. ``phone_index`` and ``guardian_phone_index`` are blind indexes of E.164
    numbers, ``name_index`` one of the normalised name. ``township`` and ``village``
    are place codes. ``legal_basis`` came with the list, ``tips_basis`` stands where
    the person decided otherwise about tips. ``guardian_copy`` is off once an adult
    ended what goes to the guardian beside them. ``guardian_known_index`` is the
    guardian's phone that the person knows of: where it differs, tell them;
    ``guardian_noticed_index`` is the one that a text told them of.

    ``member_audience`` holds all that a count needs: it reads no sealed column.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("identity"),
        Index(
            "member_audience",
            *("township", "village", "certificate_category", "categories", "grade"),
            *("birth_date", "sex", "living_alone", "chronic_illness", "reads_aloud"),
            *("status", "legal_basis", "tips_basis", "preference", "guardian_copy"),
            *("number_status", "phone_index", "guardian_phone_index"),
        ),
        Index("member_namesakes", "name_index", *_ALIKE, "provisional"),
        Index("member_phone_mates", "phone_index", *_ALIKE, "name_index"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    identity: Mapped[bytes] = mapped_column()
    provisional: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(Sealed("member.name"))
    name_index: Mapped[bytes | None] = mapped_column()
    id_number: Mapped[str | None] = mapped_column(Sealed("member.id_number"))
    certificate: Mapped[str | None] = mapped_column(Sealed("member.certificate"))
    phone: Mapped[str | None] = mapped_column(Sealed("member.phone"))
    phone_index: Mapped[bytes | None] = mapped_column()
    guardian_name: Mapped[str | None] = mapped_column(Sealed("member.guardian_name"))
    guardian_relation: Mapped[str | None] = mapped_column(
        Sealed("member.guardian_relation")
    )
    guardian_phone: Mapped[str | None] = mapped_column(Sealed("member.guardian_phone"))
    guardian_phone_index: Mapped[bytes | None] = mapped_column(index=True)
    guardian_known_index: Mapped[bytes | None] = mapped_column(default=_as_given)
    guardian_noticed_index: Mapped[bytes | None] = mapped_column()
    other_phones: Mapped[str | None] = mapped_column(Sealed("member.other_phones"))
    categories: Mapped[int] = mapped_column(SmallInteger)
    certificate_category: Mapped[int] = mapped_column(SmallInteger)
    grade: Mapped[int] = mapped_column(SmallInteger)
    birth_date: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(closed(Sex))
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20), index=True)
    address: Mapped[str | None] = mapped_column(Sealed("member.address"))
    living_alone: Mapped[bool] = mapped_column(default=False)
    chronic_illness: Mapped[bool] = mapped_column(default=False)
    reads_aloud: Mapped[bool] = mapped_column(default=False)
    number_status: Mapped[NumberStatus] = mapped_column(
        closed(NumberStatus), default=NumberStatus.NORMAL
    )
    legal_basis: Mapped[LegalBasis] = mapped_column(closed(LegalBasis))
    tips_basis: Mapped[LegalBasis | None] = mapped_column(closed(LegalBasis))
    preference: Mapped[Preference] = mapped_column(
        closed(Preference), default=Preference.NONE
    )
    guardian_copy: Mapped[bool] = mapped_column(default=True)
    status: Mapped[MemberStatus] = mapped_column(
        closed(MemberStatus), default=MemberStatus.ACTIVE
    )
    notes: Mapped[str | None] = mapped_column(Sealed("member.notes"))
    import_id: Mapped[int | None] = mapped_column(Key)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def category(self) -> Category:
        """The category printed on the certificate."""
        return Category(self.certificate_category)


class OptOut(Base):
    """A refusal by phone; outlives the member and every new import.

    ``scope`` is ``tips`` or ``all``; life-safety texts are never stopped. It stops
    the whole phone, or where it is ``personal`` only the texts for ``member_id``.
    ``to_ask``: the phone is shared, and a clerk has yet to ask each person behind it.
    Lifting is asked for by one person with evidence and done by another; a lifted
    refusal keeps its row and gains ``lifted_at``.
    """

    __tablename__ = "opt_out"
    __table_args__ = (
        Index("opt_out_phone", "phone_index"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    phone_index: Mapped[bytes] = mapped_column()
    member_id: Mapped[int | None] = mapped_column(Key)
    scope: Mapped[str] = mapped_column(String(12), default="all")
    source: Mapped[str] = mapped_column(String(24))
    evidence: Mapped[str | None] = mapped_column(Sealed("opt_out.evidence"))
    recorded_by: Mapped[int | None] = mapped_column(Key)
    recorded_at: Mapped[datetime]
    personal: Mapped[bool] = mapped_column(default=False)
    to_ask: Mapped[bool] = mapped_column(default=False)
    lift_evidence: Mapped[str | None] = mapped_column(Sealed("opt_out.lift_evidence"))
    lift_asked_by: Mapped[int | None] = mapped_column(Key)
    lift_asked_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(Key)
