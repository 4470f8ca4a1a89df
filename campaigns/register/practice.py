"""Practice: an invented village on an otherwise empty register, marked as a whole.

The mark is a column of the unit and stands in its name too, so that whatever bears the
office's name says it: pages, workbooks, play sheets, packs, notices and texts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.errors import NotReady, mark
from campaigns.register.certificates import check_digit
from campaigns.register.members import name_index
from campaigns.register.models import Member, Place, Unit
from campaigns.register.optouts import record_refusal
from campaigns.register.phones import COUNTRY
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Category, LegalBasis, Level, Preference, Sex

MARK = "（练习）"
CARRIER = "simulator"
"""The only carrier that takes what is practised: it runs on this machine."""
VILLAGE = "练习村"
SOURCE = "练习数据"
_NAME_AT_MOST = 60
_NOBODYS = "510599"
"""A county that is not there: ID numbers that nobody has."""


def since(session: Session) -> datetime | None:
    """When practising began; None in earnest."""
    return session.scalar(select(Unit.practice_since).order_by(Unit.id).limit(1))


def named(session: Session, unit: str) -> str:
    """``unit`` as a sheet names it: with the mark while practice data stands."""
    earnest = since(session) is None
    return unit if earnest or unit.endswith(MARK) else f"{unit}{MARK}"


def demand_earnest(session: Session) -> None:
    """Raise NotReady while practice data stands: real people would be lost with it.

    Holds the unit's row until the transaction ends, so that nobody begins to practise
    meanwhile.
    """
    held = select(Unit.practice_since).order_by(Unit.id).limit(1)
    if session.scalar(held.with_for_update(read=True)) is not None:
        raise NotReady(
            mark(
                "现在是练习数据，真实的名单不能导进来。"
                "请先到“开始使用”清除练习数据，再导入。"
            )
        )


def begin(session: Session, *, by: int | None, now: datetime) -> int:
    """Put the cast on the register and mark the unit; returns how many people.

    The caller has seen that there is nothing yet. Raises NotReady without a unit.
    """
    current_unit(session)
    unit = session.scalars(select(Unit).with_for_update()).one()
    unit.name = unit.name[: _NAME_AT_MOST - len(MARK)] + MARK
    unit.practice_since = now
    village = _village(session, unit)
    people = [
        (_member(n, line, village, now), line["refuses"])
        for n, line in enumerate(cast(), start=1)
    ]
    session.add_all(member for member, _ in people)
    session.flush()
    for member, refuses in people:
        if refuses:
            record_refusal(
                session,
                member=member,
                scope=refuses,
                source="visit",
                recorded_by=by,
                now=now,
            )
    return len(people)


def end(session: Session, last_message: int) -> None:
    """Take the mark away, with the invented village.

    What a carrier still reports of messages up to ``last_message`` concerns nobody.
    """
    unit = current_unit(session)
    unit.practice_since, unit.name = None, unit.name.removesuffix(MARK)
    unit.practised_to = max(unit.practised_to, last_message)
    for village in session.scalars(select(Place).where(Place.source == SOURCE)):
        session.delete(village)
    session.flush()


def last_message(session: Session) -> int:
    """The last message that went with practice data; 0 where none did."""
    return session.scalar(select(func.max(Unit.practised_to))) or 0


def strangers(session: Session) -> int:
    """People on the register who are not of the cast."""
    began = since(session)
    found = select(func.count(Member.id)).where(Member.created_at != began)
    return session.scalar(found) or 0


@cache
def cast() -> tuple[dict[str, str], ...]:
    """The invented people, a line each; their name, 练, means to practise."""
    file = files("campaigns.register").joinpath("practice.csv")
    return tuple(csv.DictReader(file.read_text("utf-8").splitlines()))


def _village(session: Session, unit: Unit) -> Place:
    """A village of its own in the first township, with somebody on duty."""
    towns = select(Place.code).where(
        Place.level == Level.TOWNSHIP,
        Place.code.startswith(unit.place_code, autoescape=True),
        Place.valid_to.is_(None),
    )
    township = session.scalars(towns.order_by(Place.code).limit(1)).first()
    if township is None:
        raise NotReady(mark("本县的地名表里没有乡镇。请先导入地名表。"))
    village = Place(
        code=f"{township}999",
        name=VILLAGE,
        level=Level.VILLAGE,
        parent=township,
        source=SOURCE,
        duty_name="练值班",
        duty_phone="14800009001",
        second_name="练接班",
        second_phone="14800009002",
    )
    session.add(village)
    session.flush()
    return village


def _member(n: int, line: dict[str, str], village: Place, now: datetime) -> Member:
    born, sex = date.fromisoformat(line["born"]), Sex(line["sex"])
    first = f"{_NOBODYS}{born:%Y%m%d}{n * 2 + (sex is Sex.MALE):03d}"
    number = first + check_digit(first)
    kind = Category(int(line["category"]))
    return Member(
        identity=privacy.blind("id", number),
        name=line["name"],
        name_index=name_index(line["name"]),
        id_number=number,
        certificate=f"{number}{line['category']}{line['grade']}",
        **dict(_numbers(line)),
        guardian_name=line["guardian"] or None,
        guardian_relation=line["relation"] or None,
        categories=sum(part.bit for part in _parts(kind, line["parts"])),
        certificate_category=int(kind),
        grade=int(line["grade"]),
        birth_date=born,
        sex=sex,
        township=village.parent or "",
        village=village.code,
        living_alone=bool(line["alone"]),
        chronic_illness=bool(line["ill"]),
        reads_aloud=bool(line["aloud"]),
        preference=Preference(line["wish"] or Preference.NONE),
        legal_basis=LegalBasis.STATUTORY,
        created_at=now,
        updated_at=now,
    )


def _numbers(line: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for whose in ("phone", "guardian_phone"):
        phone = COUNTRY + line[whose] if line[whose] else None
        yield whose, phone
        yield f"{whose}_index", privacy.blind("phone", phone) if phone else None


def _parts(kind: Category, parts: str) -> list[Category]:
    if kind is not Category.MULTIPLE:
        return [kind]
    return [Category(int(part)) for part in parts.split()]
