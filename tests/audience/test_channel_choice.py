from __future__ import annotations

from datetime import date

import factories
import pytest
from sqlalchemy import select

from campaigns.audience.channel_choice import choose, explain
from campaigns.register.models import Member
from campaigns.register.optouts import record_refusal
from campaigns.vocabulary import Category, NumberStatus, Urgency

OWN, GUARDIAN = "+8614900000011", "+8614900000012"


def choice(session, member, now, urgency=Urgency.MUST_REACH, *, loudspeaker=True):
    way = choose(urgency, now, loudspeaker=loudspeaker)
    found = select(way.addressee, way.phone_index, way.reason, way.suits)
    row = session.execute(found.where(Member.id == member.id)).one()
    whose = {member.phone_index: "own", member.guardian_phone_index: "guardian"}
    return row[0], whose.get(row[1]) if row[1] else None, row[2], bool(row[3])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("member", "own", "", True)),
        ({"guardian_phone": GUARDIAN}, ("member", "own", "", True)),
        ({"phone": None}, ("member", None, "no_phone", True)),
        ({"phone": None, "village": None}, ("member", None, "no_contact", True)),
        (
            {"phone": None, "guardian_phone": GUARDIAN},
            ("guardian", "guardian", "", True),
        ),
        (
            {"birth_date": date(2012, 11, 24), "guardian_phone": GUARDIAN},
            ("guardian", "guardian", "", True),
        ),
        (
            {"birth_date": date(2012, 11, 23), "guardian_phone": GUARDIAN},
            ("member", "own", "", True),
        ),
        (
            {"category": Category.PSYCHOSOCIAL, "guardian_phone": GUARDIAN},
            ("guardian", "guardian", "", True),
        ),
        ({"category": Category.INTELLECTUAL}, ("member", "own", "", True)),
        (
            {
                "category": Category.MULTIPLE,
                "categories": 0b011000,
                "guardian_phone": GUARDIAN,
            },
            ("guardian", "guardian", "", True),
        ),
        (
            {"category": Category.MULTIPLE, "guardian_phone": GUARDIAN},
            ("guardian", "guardian", "", True),
        ),
        ({"category": Category.VISUAL}, ("member", "own", "", False)),
        (
            {"category": Category.VISUAL, "reads_aloud": True},
            ("member", "own", "", True),
        ),
        (
            {"category": Category.MULTIPLE, "categories": 0b11},
            ("member", "own", "deaf_blind", False),
        ),
        (
            {"number_status": NumberStatus.EMPTY},
            ("member", "own", "number_bad", True),
        ),
        (
            {"number_status": NumberStatus.EMPTY, "guardian_phone": GUARDIAN},
            ("guardian", "guardian", "", True),
        ),
        ({"number_status": NumberStatus.SUSPECT}, ("member", "own", "", True)),
    ],
)
def test_each_person_gets_the_first_way_that_exists(session, now, given, expected):
    member = factories.member(session, **{"phone": OWN, **given})
    assert choice(session, member, now) == expected
    assert explain(member, now).endswith("。")


def test_without_a_loudspeaker_no_phone_means_no_contact(session, now):
    member = factories.member(session, phone=None)
    assert choice(session, member, now, loudspeaker=False)[2] == "no_contact"


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ("tips", {Urgency.TIP}),
        ("all", {Urgency.TIP, Urgency.MUST_REACH}),
    ],
)
def test_a_refusal_stops_what_it_names_and_never_an_emergency(
    session, now, scope, stopped
):
    member = factories.member(session)
    record_refusal(
        session, member=member, scope=scope, source="reply", recorded_by=1, now=now
    )
    for urgency in Urgency:
        reason = choice(session, member, now, urgency)[2]
        assert reason == ("opted_out" if urgency in stopped else "")


def test_on_a_shared_phone_a_refusal_stops_tips_to_all_and_more_to_whoever_said_so(
    session, now
):
    parent = factories.member(session, phone=OWN)
    child = factories.member(session, phone=None, guardian_phone=OWN)
    record_refusal(session, member=parent, source="phone", recorded_by=1, now=now)
    got = {
        (whose, urgency): choice(session, member, now, urgency)[2]
        for whose, member in (("parent", parent), ("child", child))
        for urgency in Urgency
    }
    assert [key for key, reason in got.items() if reason == "opted_out"] == [
        ("parent", Urgency.TIP),
        ("parent", Urgency.MUST_REACH),
        ("child", Urgency.TIP),
    ]
