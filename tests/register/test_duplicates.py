"""Who may be on the register twice: what makes a pair, and what does not."""

from __future__ import annotations

from datetime import date

import factories
import pytest

from campaigns import privacy
from campaigns.register import duplicates
from campaigns.register.members import name_index
from campaigns.register.scope import Scope
from campaigns.vocabulary import Category, MemberStatus

COUNTY = Scope(("510522",))
BORN = date(1960, 5, 1)
ELSEWHERE = {"township": "510522102", "village": "510522102201"}
PHONE = "+8614000007001"


def person(session, name="张三丰", **given):
    given = {"birth_date": BORN, **given}
    return factories.member(session, name=name, name_index=name_index(name), **given)


def pairs(session, scope=COUNTY, **given):
    page = duplicates.find_pairs(session, scope, **given)
    return [(one.id, two.id) for one, two in page.pairs]


@pytest.mark.parametrize(
    ("first", "second", "suspected"),
    [
        ({}, {}, True),
        ({}, {"birth_date": date(1960, 5, 2)}, False),
        ({}, ELSEWHERE, False),
        ({}, {"name": "张三", "village": None}, False),
        ({}, {"birth_date": None}, False),
        ({}, {"birth_date": None, "provisional": True}, True),
        ({"provisional": True}, {"birth_date": None, "provisional": True}, False),
        ({}, {"status": MemberStatus.DECEASED}, False),
        ({"phone": PHONE}, {"phone": PHONE, **ELSEWHERE}, True),
        ({"phone": PHONE}, {"phone": PHONE, "name": "张山丰"}, True),
        (
            {"phone": PHONE},
            {"phone": PHONE, "name": "李四", "birth_date": date(1985, 1, 1)},
            False,
        ),
        (
            {"phone": None, "guardian_phone": PHONE, "name": "张小"},
            {"phone": None, "guardian_phone": PHONE},
            False,
        ),
    ],
)
def test_a_pair_is_one_name_or_one_phone_and_something_more(
    session, first, second, suspected
):
    one, two = person(session, **first), person(session, **second)
    assert pairs(session) == ([(one.id, two.id)] if suspected else [])
    assert session.scalar(duplicates.how_many(COUNTY)) == int(suspected)


def test_two_who_share_everything_are_one_pair_and_an_offices_phone_none(session):
    people = [
        person(session, phone=PHONE, name=f"张{n}", village=None)
        for n in range(duplicates.OFFICE + 1)
    ]
    assert pairs(session) == []
    people[0].name_index = people[1].name_index
    session.flush()
    assert pairs(session) == [(people[0].id, people[1].id)]
    people[-1].phone_index = privacy.blind("phone", "+8614000007002")
    session.flush()
    assert len(pairs(session)) == duplicates.OFFICE * (duplicates.OFFICE - 1) / 2


def test_a_reader_sees_pairs_of_whom_they_see_alone(session):
    one = person(session, phone=PHONE, category=Category.VISUAL)
    two = person(session, phone=PHONE, **ELSEWHERE)
    assert pairs(session) == [(one.id, two.id)]
    for scope in (
        Scope(("510522112",)),
        Scope(("510522",), Category.VISUAL.bit),
        Scope.nothing(),
    ):
        assert pairs(session, scope) == []


def test_pages_follow_each_other_without_a_gap_and_who_was_told_apart_stays_away(
    session, now
):
    people = [person(session).id for _ in range(4)]
    first = duplicates.find_pairs(session, COUNTY, limit=4)
    assert (first.total, len(first.pairs)) == (6, 4)
    rest = duplicates.find_pairs(session, COUNTY, first.next_after, limit=4)
    assert rest.next_after is None
    both = [(a.id, b.id) for a, b in (*first.pairs, *rest.pairs)]
    assert both == sorted((a, b) for a in people for b in people if a < b)
    one, two = rest.pairs[-1]
    duplicates.tell_apart(session, two, one, by=1, now=now)
    assert pairs(session) == both[:-1]
