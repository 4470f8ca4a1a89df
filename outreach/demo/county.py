"""The demonstration's county: places, unit, staff, duty phones and texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience import segments
from campaigns.register import places, unit
from campaigns.register.models import Place
from campaigns.vocabulary import Category, Duty, Level
from outreach import accounts, audit
from outreach.accounts import Role
from outreach.passwords import new_password

_ALL_DAY = 1440
_TELEPHONE = "0830-1234567"
"""Local numbers do not begin with 1, so that this one belongs to nobody."""
_TEXTS = "14900000000"
"""A number that takes texts, of a prefix that is assigned to nobody."""
_DUTIES = tuple(Duty)


@dataclass(frozen=True, slots=True)
class SignIn:
    """An account of the demonstration, shown once."""

    user_id: int
    name: str
    password: str
    shown_as: str


def make(session: Session, county: str, now: datetime) -> list[SignIn]:
    """Fill an empty database with the county ``county`` and its staff.

    The sending window is the whole day and the hold after an approval one second, so
    that the demonstration works at any hour.
    """
    rows = places.shipped_rows(county)
    places.load_places(session, rows, places.SOURCE)
    name = next(row.name for row in rows if row.level == Level.COUNTY)
    unit.save_unit(
        session,
        place_code=county,
        name=f"{name}残联",
        signature=f"{name}残联",
        landline=_TELEPHONE,
        text_phone=_TEXTS,
        window_from=0,
        window_to=_ALL_DAY,
        hold_seconds=1,
    )
    _duty_people(session)
    segments.make_standard_segments(session, now)
    return [_staff(session, now, *facts) for facts in _people(session, county)]


def deed(session: Session, action: str, subject: str, by: int, now: datetime) -> None:
    """Put a coordinator's deed on record, as the pages do."""
    role = Role.COORDINATOR.value
    audit.note(session, action, subject, user_id=by, role=role, now=now)


def _people(session: Session, county: str) -> list[tuple[str, str, Role, str, int]]:
    township = session.scalars(
        select(Place.code).where(Place.level == Level.TOWNSHIP).order_by(Place.code)
    ).all()[-1]
    blind = Category.VISUAL.bit
    return [
        ("banshi1", "县残联经办人（拟稿）", Role.COORDINATOR, county, 0),
        ("banshi2", "县残联负责人（审批）", Role.COORDINATOR, county, 0),
        ("mangxie", "盲人协会经办人", Role.ASSOCIATION, county, blind),
        ("xiangzhen", "乡镇残联专干", Role.TOWNSHIP, township, 0),
        ("shenji", "审计员", Role.AUDITOR, county, 0),
        ("guanli", "系统管理员", Role.ADMINISTRATOR, county, 0),
    ]


def _staff(  # noqa: PLR0913, PLR0917 - one row of the table above
    session: Session,
    now: datetime,
    name: str,
    shown_as: str,
    role: Role,
    place: str,
    categories: int,
) -> SignIn:
    password = new_password()
    user = accounts.add_user(
        session, name=name, shown_as=shown_as, password=password, now=now
    )
    duties = _DUTIES if role is Role.COORDINATOR else (Duty.DRAFT,)
    accounts.add_grant(
        session,
        user,
        role=role,
        place=place,
        categories=categories,
        duties=duties,
        now=now,
    )
    return SignIn(user.id, name, password, shown_as)


def _duty_people(session: Session) -> None:
    """Give every village a duty phone from a prefix that is assigned to nobody."""
    villages = select(Place).where(Place.level == Level.VILLAGE).order_by(Place.code)
    for number, village in enumerate(session.scalars(villages), start=1):
        village.duty_name = "值班员"
        village.duty_phone = f"+86149{number:08d}"
