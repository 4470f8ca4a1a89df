"""Places changed by a person: other names, a new name, a village that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, NotReady, Refused, mark
from campaigns.register.models import Place
from campaigns.register.place_names import tidy
from campaigns.register.places import Gazetteer
from campaigns.register.scope import Scope
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Level

LONGEST, ALIASES_AT_MOST = 60, 20
_OWN = range(901, 1000)
"""The end of a village's code where the county added it; the official list is lower."""


def get_place(session: Session, scope: Scope, code: str) -> Place:
    """A township or village in force within ``scope``. Raises NotFound."""
    asked = select(Place).where(
        Place.code == code, Place.valid_to.is_(None), *scope.where_place()
    )
    place = session.scalar(asked)
    if place is None or place.level is Level.COUNTY:
        raise NotFound(mark("没有这个地方，或者不在您的范围里。"))
    return place


def rename(session: Session, place: Place, name: str, aliases: Sequence[str]) -> None:
    """Give a place its name and the others under which lists write it.

    A former name stays as an alias, so that older lists still match. Raises Refused
    for a name that is another place's.
    """
    known = Gazetteer.of(session, current_unit(session).place_code)
    name = _read(name)
    others = {_read(alias) for alias in aliases} - {name}
    if len(others) > ALIASES_AT_MOST:
        raise Refused(mark("别名最多 %(n)s 个。"), n=ALIASES_AT_MOST)
    for each in (name, *sorted(others)):
        _demand_free(known, place.level, place.parent, each, place)
    former = {place.name} - {name}
    place.name, place.aliases = name, sorted(others | former)
    session.flush()


def add_village(session: Session, township: Place, name: str, day: date) -> Place:
    """A village that the official list does not have, in force from ``day``.

    Raises Refused for a name that is there, or outside a township.
    """
    if township.level is not Level.TOWNSHIP:
        raise Refused(mark("请先选是哪个乡镇。"))
    unit, name = current_unit(session), _read(name)
    known = Gazetteer.of(session, unit.place_code)
    _demand_free(known, Level.VILLAGE, township.code, name, None)
    below = select(Place.code).where(Place.parent == township.code)
    taken = set(session.scalars(below))
    codes = (f"{township.code}{n}" for n in _OWN)
    code = next((code for code in codes if code not in taken), None)
    if code is None:
        raise NotReady(mark("这个乡镇增加的村太多了。请系统管理员导入新的地名表。"))
    place = Place(
        code=code,
        name=name,
        level=Level.VILLAGE,
        parent=township.code,
        source=unit.name,
        valid_from=day,
    )
    session.add(place)
    session.flush()
    return place


def _read(text: str) -> str:
    name = tidy(text)
    if not name:
        raise Refused(mark("请写地名。"))
    if len(name) > LONGEST:
        raise Refused(mark("地名最多 %(n)s 个字。"), n=LONGEST)
    return name


def _demand_free(
    known: Gazetteer, level: Level, parent: str | None, name: str, own: Place | None
) -> None:
    if level is Level.VILLAGE:
        found = known.village(parent, name)
    else:
        found = known.township(name)
    if found is not None and (own is None or found.code != own.code):
        raise Refused(
            mark("“%(name)s”已经是%(place)s的名字。"), name=name, place=found.name
        )
