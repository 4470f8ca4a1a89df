"""The database's conditions and the predicate draw the same line."""

from __future__ import annotations

import factories
import pytest
from roles import GRANTS, person
from sqlalchemy import select

from campaigns.register.models import Member, Place
from campaigns.vocabulary import Category
from outreach import access, rights
from outreach.access import Action, Thing
from outreach.rights import Reach

VILLAGES = ("510522112201", "510522112202", "510522102201", "510703001201")
BOUND = {Reach.COUNTY, Reach.CATEGORIES, Reach.PLACE}


@pytest.fixture
def people(session) -> list[Member]:
    factories.places(session)
    return [
        factories.member(session, category=category, township=code[:9], village=code)
        for code in VILLAGES
        for category in Category
    ]


def test_a_query_finds_whom_the_predicate_allows(session, people) -> None:
    for action in Action:
        for role in GRANTS:
            me = person(role)
            if rights.TABLE[action].cells[role].reach not in BOUND | {Reach.NOTHING}:
                continue
            here = access.scope(me, action).where()
            found = {m.id for m in session.scalars(select(Member).where(*here))}
            allowed = {
                m.id
                for m in people
                if access.may(
                    me, action, Thing(m.village, m.categories, 99, person=True)
                )
            }
            assert found == allowed, (action, role)


def test_nobody_lives_in_a_scope_of_nothing(session, people) -> None:
    assert people
    nothing = access.Scope.nothing()
    assert session.scalars(select(Member).where(*nothing.where())).all() == []
    assert session.scalars(select(Place).where(*nothing.where_place())).all() == []
