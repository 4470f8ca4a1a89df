"""Every definition that officials argue about, as a case that would show a mistake."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import factories
import pytest
from sqlalchemy import select, update

from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.fieldwork import visiting, visits
from campaigns.fieldwork.replies import take
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result
from campaigns.register import members
from campaigns.register.models import Member
from campaigns.reporting import contacts
from campaigns.reporting.people import People
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    Category,
    MemberStatus,
    MessageState,
    NumberStatus,
    Preference,
    Reason,
    Urgency,
    VisitOutcome,
)

NOW = factories.NOW
COUNTY = "510522"
PHONE, GUARDIAN = "+8614900000051", "+8614900000052"
S = MessageState
MUST = Urgency.MUST_REACH


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


def launched(session, urgency=MUST, at=NOW, **given):
    made = factories.campaign(session, urgency=urgency, due_at=at, **given)
    assert launching.launch(session, made.id, at)
    return made


def move(session, campaign, member, state, reason="", addressee="member"):
    moved = session.execute(
        update(Message)
        .where(
            Message.campaign_id == campaign.id,
            Message.member_id == member.id,
            Message.addressee == addressee,
        )
        .values(
            was=Message.state, was_reason=Message.reason, state=state, reason=reason
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
    settle(session, moved)


def everybody(session, campaign) -> People:
    return campaign_statistics(session, campaign.id).everybody


def rate(session) -> float:
    """联系率: contacted ÷ certificates."""
    met = contacts.contacted(session, COUNTY, NOW).get((), 0)
    return met / contacts.holders(session, COUNTY)[()]


def test_submitted_is_what_the_provider_took_and_nothing_else(session):
    people = [factories.member(session) for _ in range(8)]
    factories.member(session, phone=None)
    campaign = launched(session)
    ends = (S.SUBMITTING, S.IN_DOUBT, S.ACCEPTED, S.SENT, S.NO_RECEIPT)
    for member, state in zip(people, (*ends, S.UNDELIVERED, S.REJECTED), strict=False):
        move(session, campaign, member, state)
    seen = campaign_statistics(session, campaign.id)
    assert (seen.submitted, seen.audience) == (4, 9)


def test_one_number_delivered_is_four_persons_delivered(session):
    people = [factories.member(session, phone=PHONE) for _ in range(4)]
    campaign = launched(session)
    move(session, campaign, people[0], S.DELIVERED)
    seen = campaign_statistics(session, campaign.id)
    assert (seen.delivered, seen.submitted, seen.delivery_rate) == (1, 1, 1.0)
    assert seen.everybody == People(delivered_suitable=4)


def test_delivered_is_not_contacted(session):
    one = factories.member(session)
    campaign = launched(session)
    move(session, campaign, one, S.DELIVERED)
    assert everybody(session, campaign) == People(delivered_suitable=1)
    assert contacts.contacted(session, COUNTY, NOW) == {}
    assert rate(session) == 0


@pytest.mark.parametrize(
    ("people", "kind"),
    [
        ([{"phone": PHONE}], "contacted"),
        ([{"phone": PHONE}, {"phone": PHONE}], "waiting"),
        ([{"phone": None, "guardian_phone": PHONE}], "waiting"),
    ],
    ids=["own phone", "shared phone", "guardian's phone"],
)
def test_a_reply_is_evidence_for_one_person_only(session, people, kind):
    for given in people:
        factories.member(session, **given)
    campaign = launched(session)
    take(session, "simulator", "r", PHONE, "收到", NOW)
    assert everybody(session, campaign) == People(**{kind: len(people)})


@pytest.mark.parametrize(
    ("outcome", "kind", "counts"),
    [
        (VisitOutcome.MET, "contacted", True),
        (VisitOutcome.FAMILY_MET, "family", False),
    ],
)
def test_a_visit_is_contact_and_the_family_alone_is_none(
    session, outcome, kind, counts
):
    factories.member(session, phone=None)
    campaign = launched(session)
    visits.open_visits(session, NOW)
    visit = session.scalars(select(Visit)).one()
    visiting.record(session, visit, Result(outcome, "邻居说的"), by=1, now=NOW)
    assert everybody(session, campaign) == People(**{kind: 1})
    assert (rate(session) == 1.0) is counts


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ({"category": Category.VISUAL}, False),
        ({"category": Category.VISUAL, "reads_aloud": True}, True),
        ({"category": Category.VISUAL, "preference": Preference.SMS}, True),
        ({"category": Category.HEARING}, True),
        ({"category": Category.INTELLECTUAL}, True),
        ({"category": Category.MULTIPLE, "categories": 0b001001}, False),
        ({"category": Category.MULTIPLE}, False),
    ],
)
def test_delivered_suits_whoever_can_read_it(session, given, reached):
    one = factories.member(session, **given)
    campaign = launched(session)
    move(session, campaign, one, S.DELIVERED)
    expected = {"delivered_suitable" if reached else "to_visit": 1}
    assert everybody(session, campaign) == People(**expected)


def test_a_person_who_reads_for_them_makes_it_suit(session):
    blind = factories.member(
        session,
        category=Category.MULTIPLE,
        categories=Category.VISUAL.bit | Category.INTELLECTUAL.bit,
        guardian_phone=GUARDIAN,
    )
    campaign = launched(session)
    move(session, campaign, blind, S.DELIVERED)
    assert everybody(session, campaign) == People(to_visit=1)
    move(session, campaign, blind, S.DELIVERED, addressee="guardian")
    assert everybody(session, campaign) == People(delivered_suitable=1)


def test_in_an_emergency_at_night_only_a_persons_word_counts(session):
    night = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 02:00 in Shanghai
    asleep = factories.member(session)
    awake = factories.member(session, phone=PHONE)
    campaign = launched(session, Urgency.EMERGENCY, night)
    for member in (asleep, awake):
        move(session, campaign, member, S.DELIVERED)
    take(session, "simulator", "r", PHONE, "收到", night + timedelta(minutes=2))
    assert everybody(session, campaign) == People(to_visit=1, contacted=1)


def test_holders_are_active_certificates_and_no_way_stands_beside(session):
    for status in MemberStatus:
        factories.member(session, status=status)
    factories.member(session, phone=None)
    factories.member(session, phone=None, guardian_phone=GUARDIAN)
    assert contacts.holders(session, COUNTY) == {(): 3}
    without = contacts.holders(session, COUNTY, contacts.NO_CONTACT)
    assert without == {(True,): 1, (False,): 2}


def test_deleting_telephone_numbers_cannot_raise_the_rate(session):
    for phone in (PHONE, GUARDIAN):
        factories.member(session, phone=phone)
    take(session, "simulator", "r", PHONE, "收到", NOW)
    assert rate(session) == 0.5
    silent = session.scalars(select(Member).order_by(Member.id.desc())).first()
    silent.phone = silent.phone_index = None
    session.flush()
    assert rate(session) == 0.5
    members.set_status(session, silent, MemberStatus.MOVED, NOW)
    assert rate(session) == 1.0, "who moved is listed and leaves the base"


def test_a_played_loudspeaker_contacts_nobody(session):
    factories.member(session, phone=None)
    campaign = launched(session, channels=["sms", "loudspeaker"])
    assert everybody(session, campaign).reached == 0
    assert rate(session) == 0


EDGE = [
    (
        "a deaf-blind person goes straight to a visit",
        {"category": Category.MULTIPLE, "categories": 0b11},
        None,
        "to_visit",
    ),
    (
        "a child is told through the guardian",
        {"birth_date": date(2020, 1, 1), "guardian_phone": GUARDIAN},
        ("guardian", S.DELIVERED, ""),
        "delivered_suitable",
    ),
    (
        "a guardian with the member's own phone is one message",
        {"category": Category.PSYCHOSOCIAL, "phone": PHONE, "guardian_phone": PHONE},
        ("member", S.DELIVERED, ""),
        "delivered_suitable",
    ),
    (
        "a ported number is a matter of routing, not of the person",
        {"phone": "+8619200000051"},
        ("member", S.UNDELIVERED, Reason.TEMPORARY),
        "to_visit",
    ),
]


@pytest.mark.parametrize(
    ("given", "end", "kind"), [row[1:] for row in EDGE], ids=[row[0] for row in EDGE]
)
def test_whoever_is_easily_forgotten_is_in_the_right_part(session, given, end, kind):
    one = factories.member(session, **given)
    campaign = launched(session)
    if end is not None:
        addressee, state, reason = end
        move(session, campaign, one, state, reason, addressee)
    assert everybody(session, campaign) == People(**{kind: 1})
    assert one.number_status is NumberStatus.NORMAL
    assert tally.recount(session, campaign.id) == []
