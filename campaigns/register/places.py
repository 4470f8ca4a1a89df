"""The tree of places: shipped lists, loading them, and finding a place by its name."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, mark
from campaigns.register.models import Place
from campaigns.register.place_names import (
    Kind,
    spoken,
    tidy,
    township_stem,
    village_stem,
)
from campaigns.vocabulary import Level

SOURCE = "国家统计局统计用区划代码（截至2023-06-30）"
_PARENT_DIGITS = {Level.VILLAGE: 9, Level.TOWNSHIP: 6}
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A line of a list of places; ``parent`` follows from ``code`` when empty."""

    code: str
    level: Level
    name: str
    parent: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def above(self) -> str | None:
        """The parent's code, or None for a county."""
        return self.parent or self.code[: _PARENT_DIGITS.get(self.level, 0)] or None


@cache
def _shipped() -> dict[str, tuple[PlaceRow, ...]]:
    lists = {}
    folder = files("campaigns.register").joinpath("data")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".csv"):
            lines = csv.DictReader(file.read_text("utf-8").splitlines())
            rows = tuple(
                PlaceRow(line["code"], Level(line["level"]), line["name"])
                for line in lines
            )
            lists[rows[0].code] = rows
    return lists


def shipped_counties() -> list[tuple[str, str]]:
    """Code and name of each county whose places ship with the product."""
    return [(code, rows[0].name) for code, rows in _shipped().items()]


def shipped_rows(code: str) -> list[PlaceRow]:
    """The county ``code``, its townships and villages. Raises NotFound."""
    try:
        return list(_shipped()[code])
    except KeyError:
        raise NotFound(
            mark("没有随软件提供 %(code)s 的地名表。请导入本县的地名表。"), code=code
        ) from None


def load_places(session: Session, rows: Iterable[PlaceRow], source: str) -> int:
    """Add or rename places, and return how many rows were read.

    A changed name stays as an alias, so that older lists still match.
    """
    known = {place.code: place for place in session.scalars(select(Place))}
    total = 0
    for row in rows:
        total += 1
        if row.code in known:
            _rename(known[row.code], row, source)
        else:
            known[row.code] = _place(row, source)
            session.add(known[row.code])
    session.flush()
    return total


def _place(row: PlaceRow, source: str) -> Place:
    return Place(
        code=row.code,
        name=row.name,
        level=row.level,
        parent=row.above,
        aliases=list(row.aliases),
        source=source,
    )


def _rename(place: Place, row: PlaceRow, source: str) -> None:
    former = {place.name} - {row.name}
    aliases = {*place.aliases, *row.aliases, *former} - {row.name}
    if former or set(place.aliases) != aliases:
        place.name, place.aliases, place.source = row.name, sorted(aliases), source


def names_by_code(session: Session, county_code: str) -> dict[str, str]:
    """Names of the county's places by code; a tenth of the work of a Gazetteer."""
    found = select(Place.code, Place.name).where(
        Place.code.startswith(county_code, autoescape=True), Place.valid_to.is_(None)
    )
    rows = session.execute(found.order_by(Place.code))
    return {row.code: row.name for row in rows}


@dataclass(slots=True)
class Gazetteer:
    """A county's places by every name under which a list may write them."""

    county: str
    names: dict[str, str] = field(default_factory=dict)
    duty_phones: set[str | None] = field(default_factory=set)
    _places: dict[str, Place] = field(default_factory=dict)
    _townships: dict[str, Place] = field(default_factory=dict)
    _villages: dict[str, dict[str, list[tuple[Kind, Place]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    _prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, session: Session, county_code: str) -> Gazetteer:
        """Read the county's places once; about 260 rows."""
        found = select(Place).where(
            Place.code.startswith(county_code, autoescape=True),
            Place.valid_to.is_(None),
        )
        gazetteer = cls(county_code)
        for place in session.scalars(found.order_by(Place.code)):
            gazetteer.add(place)
        return gazetteer

    def add(self, place: Place) -> None:
        """Make a place findable by its code, name and aliases."""
        self.names[place.code] = place.name
        self.duty_phones.update((place.duty_phone, place.second_phone))
        self._places[place.code] = place
        for name in (place.name, *place.aliases):
            if place.level == Level.TOWNSHIP:
                self._townships[township_stem(name)] = place
            elif place.level == Level.VILLAGE:
                stem, kind = village_stem(name)
                self._villages[place.parent or ""][stem].append((kind, place))
            elif place.level == Level.COUNTY:
                self._prefixes = (*self._prefixes, name)

    def township(self, text: str) -> Place | None:
        """The township that ``text`` names, by name, alias or code."""
        name = self._local(text)
        return self._townships.get(township_stem(name)) or self._by_code(
            name, Level.TOWNSHIP
        )

    def village(self, township_code: str | None, text: str) -> Place | None:
        """The village in that township, or, without one, the only one so named.

        A name said with its kind must agree in it: 大坪村 is not 大坪社区.
        """
        name = self._local(text)
        for asked in (name, self._below_township(name, township_code)):
            found = {
                place.code: place
                for code in ([township_code] if township_code else [*self._villages])
                for place in self._matches(code, asked)
            }
            if found:
                return next(iter(found.values())) if len(found) == 1 else None
        return self._by_code(name, Level.VILLAGE)

    def nearest(self, text: str, township_code: str | None = None) -> str | None:
        """The known name that looks most like ``text``, or None if none does."""
        names = {
            spoken(place.name) if place.level == Level.VILLAGE else place.name
            for place in self._places.values()
            if (
                place.parent == township_code
                if township_code
                else place.level == Level.TOWNSHIP
            )
        }
        close = get_close_matches(self._local(text), names, n=1, cutoff=_ALIKE)
        return close[0] if close else None

    def townships(self) -> list[Place]:
        """All townships, in the order of their codes."""
        return [p for p in self._places.values() if p.level == Level.TOWNSHIP]

    def villages(self, township_code: str) -> list[Place]:
        """A township's villages, in the order of their codes."""
        return [p for p in self._places.values() if p.parent == township_code]

    def _matches(self, township_code: str, name: str) -> list[Place]:
        stem, kind = village_stem(name)
        return [
            place
            for its_kind, place in self._villages[township_code].get(stem, ())
            if kind == its_kind or Kind.UNSAID in (kind, its_kind)
        ]

    def _by_code(self, text: str, level: Level) -> Place | None:
        place = self._places.get(text)
        return place if place is not None and place.level == level else None

    def _local(self, text: str) -> str:
        name = tidy(text)
        for prefix in self._prefixes:
            before, found, after = name.partition(prefix)
            if found and after and len(before) <= len("内蒙古自治区锡林郭勒盟"):
                return after
        return name

    def _below_township(self, name: str, township_code: str | None) -> str:
        township = self._places.get(township_code or "")
        if township is None or not name.startswith(township.name):
            return name
        return name[len(township.name) :] or name
