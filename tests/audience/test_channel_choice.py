"""Every row of the rules table: which way, which second one, and which never."""

from __future__ import annotations

from datetime import date, datetime

import factories
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from campaigns import privacy
from campaigns.audience import lines, selection
from campaigns.audience.channel_choice import Choice
from campaigns.audience.explaining import SENTENCES, explain
from campaigns.audience.rules import Rule
from campaigns.register.models import Member
from campaigns.register.number_records import NumberRecord
from campaigns.register.optouts import record_refusal
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    Addressee,
    Category,
    LegalBasis,
    MemberStatus,
    NumberStatus,
    Preference,
    Reason,
    Urgency,
    Way,
)

OWN, GUARDIAN = "+8614900000011", "+8614900000012"
BOTH = {"guardian_phone": GUARDIAN}
DEAD = {"number_status": NumberStatus.EMPTY}
GUARDIAN_DEAD = {**BOTH, "guardian_number": NumberStatus.EMPTY}
CHILD = {"birth_date": date(2012, 11, 24)}
MILD = {"grade": 4}
MUST = Urgency.MUST_REACH


def made(session, **given):
    given = dict(given)
    guardian_number = given.pop("guardian_number", NumberStatus.NORMAL)
    if guardian_number is not NumberStatus.NORMAL:
        session.merge(record(GUARDIAN, guardian_number))
    if "parts" in given:
        bits = sum(Category(part).bit for part in given.pop("parts"))
        given |= {"category": Category.MULTIPLE, "categories": bits}
    return factories.member(session, **{"phone": OWN, **given})


def record(phone, status):
    return NumberRecord(
        phone_index=privacy.blind("phone", phone),
        says=status,
        status=status,
        strikes=3,
        first_at=factories.NOW,
        last_at=factories.NOW,
    )


def way(session, member, now, urgency=MUST, **ways):
    found = select(Choice(urgency, now, **ways).way)
    return session.scalar(found.where(Member.id == member.id))


def sent(session, member, now, urgency=MUST, **ways):
    """What goes out: sms, copy (to the guardian) and voice."""
    rows = lines.chosen(Choice(urgency, now, **ways), [Member.id == member.id])
    found = session.execute(select(rows.c.channel, rows.c.addressee, rows.c.reason))
    short = {"sms member": "sms", "sms guardian": "copy", "voice member": "voice"}
    return {
        short[f"{channel} {addressee}"]
        for channel, addressee, reason in found
        if reason == ""
    }


TABLE = [
    # 1 visual: a call where the county has one, else SMS that the phone reads aloud
    ({"category": 1, **MILD}, "sms_aloud", {"sms"}, {"voice"}),
    ({"category": 1, "grade": 1}, "sms_aloud", {"sms"}, {"sms", "voice"}),
    ({"category": 1, **MILD, "reads_aloud": True}, "sms", {"sms"}, {"sms"}),
    # 2 hearing: SMS, never a call
    ({"category": 2, "grade": 1}, "sms", {"sms"}, {"sms"}),
    ({"category": 2, "phone": None}, "nothing", set(), set()),
    # 3 speech: SMS; hears a loudspeaker
    ({"category": 3, **MILD}, "sms", {"sms"}, {"sms"}),
    ({"category": 3, "phone": None}, "loudspeaker", set(), set()),
    # 4 physical: SMS, loudspeaker
    ({"category": 4, **MILD}, "sms", {"sms"}, {"sms"}),
    ({"category": 4, "grade": 2}, "sms", {"sms"}, {"sms", "voice"}),
    # 5 intellectual: the guardian beside the person
    ({"category": 5, **MILD, **BOTH}, "sms_guardian", {"sms", "copy"}, None),
    ({"category": 5, **MILD}, "sms", {"sms"}, None),
    ({"category": 5, "phone": None, **BOTH}, "guardian", {"copy"}, None),
    # a guardian's number that is dead is not tried, one that is to be checked is
    ({"category": 5, **MILD, **GUARDIAN_DEAD}, "sms", {"sms"}, None),
    ({"category": 5, "phone": None, **GUARDIAN_DEAD}, "loudspeaker", set(), None),
    ({"category": 5, **DEAD, **GUARDIAN_DEAD}, "number_bad", set(), None),
    ({"category": 4, **CHILD, **GUARDIAN_DEAD}, "number_bad", set(), None),
    (
        {"category": 5, **MILD, **BOTH, "guardian_number": NumberStatus.SUSPECT},
        "sms_guardian",
        {"sms", "copy"},
        None,
    ),
    # 6 psychosocial: likewise, unless an adult ended the copy
    ({"category": 6, **MILD, **BOTH}, "sms_guardian", {"sms", "copy"}, None),
    ({"category": 6, **MILD, **BOTH, "guardian_copy": False}, "sms", {"sms"}, None),
    (
        {"category": 6, "phone": None, **BOTH, "guardian_copy": False},
        "loudspeaker",
        set(),
        None,
    ),
    # 7 multiple: the union of the components; unknown ones are all needs
    ({"parts": (3, 4), **MILD}, "sms", {"sms"}, {"sms"}),
    ({"parts": (1, 4), **MILD}, "sms_aloud", {"sms"}, {"sms", "voice"}),
    (
        {"parts": (1, 5), **MILD, **BOTH},
        "sms_guardian",
        {"sms", "copy"},
        {"sms", "copy", "voice"},
    ),
    ({"parts": (2, 5), **BOTH}, "sms_guardian", {"sms", "copy"}, {"sms", "copy"}),
    (
        {"parts": (), **MILD, **BOTH},
        "sms_guardian",
        {"sms", "copy"},
        {"sms", "copy", "voice"},
    ),
    ({"parts": (), "phone": None}, "nothing", set(), set()),
    # deaf-blind: straight to a visit, whatever else there is
    ({"parts": (1, 2)}, "deaf_blind", set(), set()),
    ({"parts": (1, 2, 5), **BOTH}, "deaf_blind", set(), set()),
    # under 14: the guardian, never the child
    ({"category": 4, **CHILD, **BOTH}, "guardian_child", {"copy"}, {"copy"}),
    ({"category": 4, **CHILD}, "no_guardian", set(), set()),
    ({"category": 2, **CHILD, **BOTH}, "guardian_child", {"copy"}, {"copy"}),
    (
        {"category": 5, **CHILD, **BOTH, "guardian_copy": False},
        "guardian_child",
        {"copy"},
        None,
    ),
    # fourteen today: an adult's ways
    ({"birth_date": date(2012, 11, 23), **BOTH, **MILD}, "sms", {"sms"}, None),
    # a guardian is not told of an adult who needs none and has a phone
    ({"category": 4, **BOTH, **MILD}, "sms", {"sms"}, None),
    # no phone: loudspeaker, the neighbour, a visit
    ({"phone": None}, "loudspeaker", set(), set()),
    ({"phone": None, "village": None}, "nothing", set(), set()),
    ({"phone": None, **BOTH}, "guardian", {"copy"}, None),
    # a dead number is like none; a doubtful one is still tried
    (DEAD, "number_bad", set(), set()),
    ({**DEAD, **BOTH}, "guardian", {"copy"}, None),
    ({"number_status": NumberStatus.SUSPECT}, "sms", {"sms"}, None),
    # a ported number is a number like any other
    ({"phone": "+8619200000011"}, "sms", {"sms"}, None),
    # living alone: a second channel
    ({"living_alone": True, **MILD}, "sms", {"sms"}, {"sms", "voice"}),
    # what the person wishes always wins
    ({"category": 1, **MILD, "preference": Preference.SMS}, "sms", {"sms"}, {"sms"}),
    (
        {"category": 4, **MILD, "preference": Preference.VOICE},
        "sms",
        {"sms"},
        {"voice"},
    ),
    (
        {"preference": Preference.LOUDSPEAKER},
        "wishes_loudspeaker",
        set(),
        set(),
    ),
    (
        {"category": 2, "preference": Preference.LOUDSPEAKER},
        "sms",
        {"sms"},
        {"sms"},
    ),
    ({"preference": Preference.VISIT}, "wishes_visit", set(), set()),
    # whoever may not be written to
    ({"status": MemberStatus.DECEASED}, "inactive", set(), set()),
    ({"legal_basis": LegalBasis.NONE}, "no_legal_basis", set(), set()),
    (
        {**CHILD, **BOTH, "legal_basis": LegalBasis.CONSENT},
        "no_legal_basis",
        set(),
        set(),
    ),
    (
        {**CHILD, **BOTH, "legal_basis": LegalBasis.GUARDIAN_CONSENT},
        "guardian_child",
        {"copy"},
        {"copy"},
    ),
]


@pytest.mark.parametrize(("facts", "expected", "without", "with_voice"), TABLE)
def test_each_person_gets_the_first_way_that_the_county_has(
    session, now, facts, expected, without, with_voice
):
    member = made(session, **facts)
    assert way(session, member, now) == expected
    assert sent(session, member, now) == without
    if with_voice is not None:
        assert sent(session, member, now, voice=True) == with_voice
    assert bool(without) is Way(expected).told
    assert explain(session, member, now).way == expected


@pytest.mark.parametrize("category", [2, 7])
def test_a_loudspeaker_never_counts_for_whoever_cannot_hear_it(session, now, category):
    parts = {"parts": (2, 4)} if category == Category.MULTIPLE else {"category": 2}
    for facts in (parts, {"parts": ()}):
        deaf = made(session, **facts)
        heard = Choice(MUST, now).hears_loudspeaker
        assert not session.scalar(select(heard).where(Member.id == deaf.id))


def test_without_a_loudspeaker_no_phone_means_nothing(session, now):
    member = made(session, phone=None)
    assert way(session, member, now, loudspeaker=False) == "nothing"


@pytest.mark.parametrize(
    ("facts", "confirmed"),
    [
        ({"grade": 1}, True),
        ({"grade": 2}, True),
        ({"grade": 3}, False),
        ({"grade": 4, "living_alone": True}, True),
    ],
)
def test_severe_or_alone_means_that_a_person_confirms(session, now, facts, confirmed):
    member = made(session, **facts)
    assert explain(session, member, now).confirm is confirmed


@pytest.mark.parametrize(
    ("facts", "single"),
    [
        ({"grade": 2}, False),
        ({"grade": 2, "village": None}, True),
        ({"grade": 2, "category": 2}, True),
        ({"grade": 2, "category": 2, **DEAD, **BOTH}, True),
        ({"grade": 2, "parts": (2, 5), **BOTH}, False),
        ({"grade": 1, "phone": None}, True),
        ({"grade": 1, "phone": None, **BOTH}, False),
        ({"grade": 4, "living_alone": True, "village": None}, True),
        ({"grade": 4, "village": None}, False),
        ({"grade": 1, "village": None, "status": MemberStatus.MOVED}, False),
        ({"grade": 1, "parts": (1, 2)}, True),
    ],
)
def test_severe_or_alone_with_one_way_at_most_is_warned_of(session, now, facts, single):
    member = made(session, **facts)
    assert explain(session, member, now).single is single
    counted = selection.count(session, Rule(), Scope.everything(), now)
    assert counted.single == int(single)


@pytest.mark.parametrize(
    ("facts", "suits"),
    [
        ({"category": 4}, True),
        ({"category": 1}, False),
        ({"category": 1, "reads_aloud": True}, True),
        ({"category": 1, "preference": Preference.SMS}, True),
        ({"parts": (1, 4)}, False),
        ({"parts": ()}, False),
    ],
)
def test_a_text_suits_whoever_can_read_it(session, now, facts, suits):
    member = made(session, **facts)
    found = select(Choice(MUST, now).suits).where(Member.id == member.id)
    assert bool(session.scalar(found)) is suits


@pytest.mark.parametrize(
    ("basis", "tips", "stopped"),
    [
        (LegalBasis.STATUTORY, None, set()),
        (LegalBasis.STATUTORY, LegalBasis.NONE, {Urgency.TIP}),
        (LegalBasis.NONE, LegalBasis.CONSENT, {Urgency.MUST_REACH}),
        (LegalBasis.NONE, None, {Urgency.TIP, Urgency.MUST_REACH}),
    ],
)
def test_a_basis_is_asked_for_each_purpose_and_never_where_life_is_in_danger(
    session, now, basis, tips, stopped
):
    member = made(session, legal_basis=basis, tips_basis=tips)
    for urgency in Urgency:
        expected = "no_legal_basis" if urgency in stopped else "sms"
        assert way(session, member, now, urgency) == expected


def test_an_emergency_overrides_wishes_and_refusals_and_nothing_else(session, now):
    member = made(session, preference=Preference.VISIT)
    record_refusal(session, member=member, source="phone", recorded_by=1, now=now)
    urgent = Urgency.EMERGENCY
    assert sent(session, member, now, urgent, voice=True) == {"sms"}
    blind = made(session, phone="+8614900000013", category=1, grade=4)
    assert sent(session, blind, now, urgent, voice=True) == {"sms", "voice"}
    for facts in ({"status": MemberStatus.MOVED}, {"parts": (1, 2)}, DEAD):
        other = made(session, phone="+8614900000014", **facts)
        assert sent(session, other, now, urgent) == set()


def test_every_way_has_its_sentence():
    assert set(SENTENCES) == set(Way)
    assert all(sentence.endswith("。") for sentence in SENTENCES.values())


PEOPLE = st.fixed_dictionaries(
    {
        "categories": st.integers(0, 63),
        "certificate_category": st.integers(1, 7),
        "grade": st.integers(1, 4),
        "birth_date": st.sampled_from([None, date(1950, 1, 1), date(2020, 1, 1)]),
        "phone": st.sampled_from([None, OWN]),
        "guardian_phone": st.sampled_from([None, GUARDIAN, OWN]),
        "village": st.sampled_from([None, "510522112201"]),
        "living_alone": st.booleans(),
        "reads_aloud": st.booleans(),
        "guardian_copy": st.booleans(),
        "preference": st.sampled_from(Preference),
        "number_status": st.sampled_from(NumberStatus),
        "guardian_number": st.sampled_from(NumberStatus),
        "legal_basis": st.sampled_from(LegalBasis),
        "status": st.sampled_from(MemberStatus),
    }
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(facts=PEOPLE, voice=st.booleans(), urgency=st.sampled_from(Urgency))
def test_the_way_that_is_shown_is_the_way_that_is_frozen(
    session, now: datetime, facts, voice, urgency
):
    member = made(session, **facts)
    choice = Choice(urgency, now, voice=voice)
    shown = Way(way(session, member, now, urgency, voice=voice))
    goes = sent(session, member, now, urgency, voice=voice)
    assert shown.told is bool(goes)
    assert ("voice" in shown.value) is ("voice" in goes)
    rows = lines.chosen(choice, [Member.id == member.id])
    own = session.execute(
        select(rows.c.reason, rows.c.beside).where(
            rows.c.channel == "sms", rows.c.addressee == Addressee.MEMBER
        )
    ).one()
    assert bool(own.beside) is bool(goes - {"sms"})
    assert (own.reason == Reason.NONE) is ("sms" in goes)
    deaf = bool(member.categories & Category.HEARING.bit)
    assert not (deaf and "voice" in goes)
    session.delete(member)
    session.execute(delete(NumberRecord))
    session.flush()


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
        shown = way(session, member, now, urgency)
        assert shown == ("opted_out" if urgency in stopped else "sms")


def test_on_a_shared_phone_a_refusal_stops_tips_to_all_and_more_to_whoever_said_so(
    session, now
):
    parent = factories.member(session, phone=OWN)
    child = factories.member(session, phone=None, guardian_phone=OWN)
    record_refusal(session, member=parent, source="phone", recorded_by=1, now=now)
    got = {
        (whose, urgency): way(session, member, now, urgency)
        for whose, member in (("parent", parent), ("child", child))
        for urgency in Urgency
    }
    assert [key for key, shown in got.items() if shown == "opted_out"] == [
        ("parent", Urgency.TIP),
        ("parent", Urgency.MUST_REACH),
        ("child", Urgency.TIP),
    ]
