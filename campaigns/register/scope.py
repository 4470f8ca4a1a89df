"""Which people a reader may see: places and, for an association, categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import QueryableAttribute, Session, aliased

from campaigns.register.models import Member, Place
from campaigns.vocabulary import Level

_TOWNSHIP_DIGITS = 9
_AFTER_DIGITS = "a"
"""Sorts after every digit in every collation, so that a subtree is one range."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Places by code and a bit mask of categories; empty and 0 mean no limit."""

    places: tuple[str, ...] = ()
    categories: int = 0

    @classmethod
    def everything(cls) -> Scope:
        """No limit at all."""
        return cls()

    @classmethod
    def nothing(cls) -> Scope:
        """Nobody: for roles that see no person."""
        return cls(places=("",))

    def where(self, who: type[Member] = Member) -> list[ColumnElement[bool]]:
        """Conditions on Member, or on ``who``, another name for it.

        People whose components are unknown stay outside a scope of categories:
        nobody may see a member of another category by mistake.
        """
        conditions: list[ColumnElement[bool]] = []
        if self.places:
            conditions.append(or_(*(within(code, who) for code in self.places)))
        if self.categories:
            conditions.append(
                who.categories.op("&")(self.categories) != 0,
            )
        return conditions

    def where_place(self) -> list[ColumnElement[bool]]:
        """Conditions on Place: what lies inside."""
        if not self.places:
            return []
        inside = (_below(Place.code, code) for code in self.places if code)
        return [or_(false(), *inside)]


def within(code: str, who: type[Member] = Member) -> ColumnElement[bool]:
    """Condition on Member, or on ``who``: lives in the place ``code`` or below it."""
    if not code:
        return false()
    if len(code) == _TOWNSHIP_DIGITS:
        return who.township == code
    if len(code) < _TOWNSHIP_DIGITS:
        return _below(who.township, code)
    return _below(who.village, code)


def _below(
    column: QueryableAttribute[str] | QueryableAttribute[str | None], code: str
) -> ColumnElement[bool]:
    return and_(column >= code, column < code + _AFTER_DIGITS)


def places(session: Session, scope: Scope, *levels: Level) -> Sequence[Place]:
    """Places of these levels in force inside ``scope``, each before those below it."""
    inside = Place.level.in_(levels), Place.valid_to.is_(None), *scope.where_place()
    return session.scalars(select(Place).where(*inside).order_by(Place.code)).all()


def villages(session: Session, scope: Scope) -> list[tuple[str, str, str]]:
    """Code, name and township's name of every village inside ``scope``."""
    township = aliased(Place)
    query = (
        select(Place.code, Place.name, township.name)
        .join(township, township.code == Place.parent)
        .where(Place.level == Level.VILLAGE, Place.valid_to.is_(None))
        .where(*scope.where_place())
        .order_by(Place.code)
    )
    return [(code, name, above) for code, name, above in session.execute(query)]
