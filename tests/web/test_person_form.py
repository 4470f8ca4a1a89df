"""A person is added and changed by hand, by the rules of a list, without a reveal."""

from __future__ import annotations

import pytest
from lists import certificate
from sqlalchemy import select

from campaigns.register.models import Member
from campaigns.vocabulary import NumberStatus
from outreach.audit import AuditRow

VILLAGE, TOWN = "510522112201", "510522112"
PHONE = "14700001234"


@pytest.fixture
def clerk(visit):
    return visit("xian")


@pytest.fixture
def typed():
    who = {"name": "测一", "certificate": certificate(7), "home": VILLAGE}
    return {**who, "phone": PHONE, "legal_basis": "statutory", "living_alone": "1"}


@pytest.fixture
def added(clerk, typed):
    answer = clerk.send("/register/new", **typed)
    assert answer.status_code == 303
    return answer.location


def of(writing, address):
    with writing() as session:
        found = session.get_one(Member, int(address.rsplit("/", 1)[1]))
        session.expunge(found)
        return found


def test_what_is_typed_is_read_as_in_a_list(added, writing):
    member = of(writing, added)
    assert (member.certificate_category, member.grade) == (4, 3)
    assert (member.village, member.township) == (VILLAGE, TOWN)
    assert (member.phone, member.living_alone) == (f"+86{PHONE}", True)
    assert member.phone_index


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"certificate": "510599197010100071"}, "certificate"),
        ({"home": ""}, "home"),
        ({"phone": "12345"}, "phone"),
        ({"grade": "1"}, "grade"),
        ({"legal_basis": ""}, "legal_basis"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(clerk, typed, wrong, field):
    answer = clerk.send("/register/new", **{**typed, **wrong})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'href="#{field}"' in text
    assert wrong.get("name") == "" or 'value="测一"' in text


def test_nobody_is_added_twice(clerk, added, typed):
    answer = clerk.send("/register/new", **typed)
    assert answer.status_code == 422
    assert added.rsplit("/", 1)[1] in answer.get_data(as_text=True)


def test_the_form_shows_nothing_that_is_sealed(clerk, added, typed):
    text = clerk.read(f"{added}/edit")
    for secret in (PHONE, typed["certificate"], "测一"):
        assert secret not in text


def test_an_empty_field_stays_and_a_box_drops(clerk, added, writing):
    before = of(writing, added)
    assert clerk.send(f"{added}/edit", home=TOWN).status_code == 303
    after = of(writing, added)
    assert (after.name, after.phone, after.certificate) == (
        before.name,
        before.phone,
        before.certificate,
    )
    assert after.living_alone is False
    clerk.send(f"{added}/edit", home=VILLAGE, dropped="phone")
    assert of(writing, added).phone_index is None


def test_a_new_phone_starts_afresh_and_no_value_is_recorded(clerk, added, writing):
    with writing() as session:
        number = int(added.rsplit("/", 1)[1])
        session.get_one(Member, number).number_status = NumberStatus.EMPTY
    clerk.send(f"{added}/edit", home=VILLAGE, phone="14700009999", living_alone="1")
    assert of(writing, added).number_status is NumberStatus.NORMAL
    with writing() as session:
        query = select(AuditRow).where(AuditRow.action == "change_member")
        told = session.scalars(query).one()
        assert told.details == {"fields": ["number_status", "phone"]}


def test_somebody_elses_number_is_refused(clerk, added, typed):
    other = {**typed, "name": "测二", "certificate": certificate(8), "phone": ""}
    second = clerk.send("/register/new", **other).location
    answer = clerk.send(
        f"{second}/edit", home=VILLAGE, certificate=typed["certificate"]
    )
    assert answer.status_code == 422
    assert added.rsplit("/", 1)[1] in answer.get_data(as_text=True)
