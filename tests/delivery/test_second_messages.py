"""A guardian's copy comes beside the person's own text; sums hold line by line."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date

import factories
import pytest
from sqlalchemy import select, update

from campaigns.delivery import gating, launching, tally
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.people import settle
from campaigns.planning.forecast import forecast
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    COPY,
    Addressee,
    Category,
    Channel,
    MemberStatus,
    MessageState,
    Reason,
    Urgency,
)

GUARDIAN = "+8614100000900"
WARD = {"category": Category.INTELLECTUAL, "guardian_phone": GUARDIAN}
CHILD = {"birth_date": date(2020, 1, 1), "guardian_phone": GUARDIAN}
S = MessageState


def row(session, member, addressee=Addressee.MEMBER):
    session.expire_all()
    mine = Message.member_id == member.id, Message.addressee == addressee
    return session.scalars(select(Message).where(*mine)).one()


def person(session, member):
    session.expire_all()
    found = select(Recipient).where(Recipient.member_id == member.id)
    return session.scalars(found).one()


def move(session, message, state, reason=""):
    moved = session.execute(
        update(Message)
        .where(Message.id == message.id)
        .values(
            was=Message.state, was_reason=Message.reason, state=state, reason=reason
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
    settle(session, moved)


def test_a_member_and_the_guardian_each_get_a_message(session, launched, send):
    ward = factories.member(session, **WARD)
    campaign = launched(0)
    own, copy = (row(session, ward, who) for who in ("member", "guardian"))
    assert [own.phone_index, copy.phone_index] == [
        ward.phone_index,
        ward.guardian_phone_index,
    ]
    carried = send(campaign).messages
    assert {out.phone for out in carried} == {ward.phone, GUARDIAN}
    assert len({out.text for out in carried}) == 1
    assert tally.recount(session, campaign.id) == []


def test_sums_hold_for_each_channel_and_addressee(session, launched, send, now):
    kinds = [
        {},
        WARD,
        CHILD,
        {**CHILD, "guardian_phone": None},
        {"phone": None, "guardian_phone": "+8614100000901"},
        {"category": Category.VISUAL},
        {"category": Category.MULTIPLE, "categories": 0b11},
        {"category": Category.MULTIPLE, "guardian_phone": "+8614100000902"},
        {**WARD, "guardian_copy": False},
        {**WARD, "status": MemberStatus.DECEASED},
        {"phone": None},
    ]
    for given in kinds:
        factories.member(session, **given)
    campaign = launched(0, urgency=Urgency.MUST_REACH)
    foreseen = forecast(session, campaign, now)
    send(campaign)
    seen = campaign_statistics(session, campaign.id)
    assert sum(seen.messages.values()) == len(kinds) == seen.audience
    lines = Counter(session.execute(select(Message.channel, Message.addressee)).all())
    assert lines[Channel.SMS, Addressee.MEMBER] == len(kinds)
    assert lines[Channel.SMS, Addressee.GUARDIAN] == sum(seen.copies.values()) == 6
    assert seen.submitted == foreseen.messages == seen.parts
    assert foreseen.audience == seen.audience
    assert foreseen.will_send == sum(
        best >= 0 for best in session.scalars(select(Recipient.best))
    )
    assert tally.recount(session, campaign.id) == []


ENDS = (S.DELIVERED, S.UNDELIVERED, S.NO_RECEIPT, S.REJECTED)


@pytest.mark.parametrize(("own", "copy"), list(itertools.product(ENDS, ENDS)))
def test_the_better_message_decides_in_any_order(session, launched, own, copy):
    first = factories.member(session, **WARD)
    second = factories.member(session, **{**WARD, "guardian_phone": "+8614100000903"})
    campaign = launched(0)
    for ward, order in ((first, (0, 1)), (second, (1, 0))):
        ends = ((Addressee.MEMBER, own), (Addressee.GUARDIAN, copy))
        for which in order:
            addressee, state = ends[which]
            move(session, row(session, ward, addressee), S.ACCEPTED)
        for which in order:
            addressee, state = ends[which]
            move(session, row(session, ward, addressee), state)
    best = max(-10 if state is S.REJECTED else int(state) for state in (own, copy))
    assert {person(session, ward).best for ward in (first, second)} == {best}
    assert tally.recount(session, campaign.id) == []


def test_nothing_sent_is_no_end_while_the_other_message_is_under_way(session, launched):
    ward = factories.member(session, **WARD)
    launched(0)
    move(session, row(session, ward), S.REJECTED, Reason.REFUSED_BY_PROVIDER)
    assert person(session, ward).best == 0
    copy = row(session, ward, Addressee.GUARDIAN)
    move(session, copy, S.REJECTED, Reason.REFUSED_BY_PROVIDER)
    assert person(session, ward).best == -10


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_the_guardian_reads_suits_and_stays(session, launched, order):
    blind = factories.member(
        session,
        category=Category.MULTIPLE,
        categories=Category.VISUAL.bit | Category.INTELLECTUAL.bit,
        guardian_phone=GUARDIAN,
    )
    campaign = launched(0)
    rows = (row(session, blind), row(session, blind, Addressee.GUARDIAN))
    move(session, rows[order[0]], S.DELIVERED)
    reason = Reason.UNSUITABLE if order[0] == 0 else Reason.NONE
    assert person(session, blind).reason == reason
    move(session, rows[order[1]], S.DELIVERED)
    assert (person(session, blind).best, person(session, blind).reason) == (60, "")
    assert tally.recount(session, campaign.id) == []


def test_one_phone_of_a_household_and_everybodys_row_is_answered(session, launched):
    mother = factories.member(session, phone=GUARDIAN)
    child = factories.member(session, phone=None, **CHILD)
    ward = factories.member(session, **WARD)
    same = factories.member(
        session, category=Category.INTELLECTUAL, phone=GUARDIAN, guardian_phone=GUARDIAN
    )
    campaign = launched(0)
    carrier = row(session, mother)
    queued = select(Message).where(Message.state == S.QUEUED)
    assert {m.phone_index for m in session.scalars(queued)} == {
        mother.phone_index,
        ward.phone_index,
    }
    for member in (child, ward, same):
        copy = row(session, member, Addressee.GUARDIAN)
        assert (copy.reason, copy.carried_by) == (Reason.SHARED_PHONE, carrier.id)
    assert row(session, same).carried_by == carrier.id
    move(session, carrier, S.ACCEPTED)
    move(session, carrier, S.DELIVERED)
    everyone = (mother, child, ward, same)
    assert [person(session, m).best for m in everyone] == [60] * 4
    assert tally.recount(session, campaign.id) == []


def test_a_text_that_names_a_place_is_not_shared_with_another_place(session, launched):
    phone = "+8614100000904"
    there = factories.member(session, phone=phone)
    beside = factories.member(session, phone=phone)
    away = factories.member(session, phone=phone, village="510522112202")
    version = factories.version(session, sms_text="${村}明天停水。")
    launched(0, version_id=version.id)
    reasons = [row(session, m).reason for m in (there, beside, away)]
    assert reasons == ["", Reason.SHARED_PHONE, Reason.PERSONAL_TEXT]
    assert row(session, away).carried_by is None
    assert (person(session, away).best, person(session, away).reason) == (
        -9,
        Reason.PERSONAL_TEXT,
    )


def test_a_refusing_guardian_stops_the_copy_and_not_the_persons_own(
    session, launched, now
):
    ward = factories.member(session, **WARD)
    other = factories.member(session, **{**CHILD, "guardian_phone": "+8614100000905"})
    for member in (ward, other):
        index = member.guardian_phone_index
        gating.refuse(session, index, now)
    launched(0, urgency=Urgency.MUST_REACH)
    assert row(session, ward).state == S.QUEUED
    copy = row(session, ward, Addressee.GUARDIAN)
    assert (copy.state, copy.reason) == (S.SKIPPED, Reason.OPTED_OUT)
    assert person(session, ward).best == 0
    assert person(session, other).reason == Reason.OPTED_OUT


def test_the_deaf_never_wait_for_a_loudspeaker(session, launched):
    hears = factories.member(session)
    deaf = factories.member(session, category=Category.HEARING)
    campaign = launched(0, channels=["loudspeaker"])
    assert person(session, hears).best == 0
    assert (person(session, deaf).best, person(session, deaf).reason) == (
        -9,
        Reason.WRONG_CHANNEL,
    )
    assert tally.recount(session, campaign.id) == []


def test_what_one_person_refused_does_not_stop_the_others_of_the_phone(
    session, launched, now, claim
):
    phone = "+8614100000906"
    first = factories.member(session, phone=phone)
    second = factories.member(session, phone=phone)
    campaign = launched(0, urgency=Urgency.MUST_REACH)
    index = first.phone_index
    assert gating.refuse(session, index, now, member=first) == 0
    assert row(session, second).carried_by == row(session, first).id
    assert len(claim(campaign).messages) == 1
    again = factories.campaign(session, urgency=Urgency.MUST_REACH)
    assert launching.launch(session, again.id, now)
    rows = session.scalars(select(Message).where(Message.campaign_id == again.id))
    assert {m.member_id: m.reason for m in rows} == {
        first.id: Reason.OPTED_OUT,
        second.id: Reason.NONE,
    }


def test_a_copy_counts_as_a_text_of_its_own_in_the_tally(session, launched):
    factories.member(session, **WARD)
    campaign = launched(0)
    assert tally.by_state(session, campaign.id, Channel.SMS) == {S.QUEUED: 1}
    assert tally.by_state(session, campaign.id, COPY) == {S.QUEUED: 1}
    assert tally.by_state(session, campaign.id, *tally.TEXTS) == {S.QUEUED: 2}


def test_who_is_called_waits_for_the_call_and_is_reached_by_it(session, launched):
    blind = factories.member(session, category=Category.VISUAL, grade=4)
    severe = factories.member(session, category=Category.VISUAL, grade=1)
    deaf = factories.member(session, category=Category.HEARING, grade=1)
    campaign = launched(0, channels=["sms", "voice"])
    made = {
        (message.member_id, message.channel): message
        for message in session.scalars(select(Message))
    }
    assert made[blind.id, Channel.SMS].reason == Reason.WRONG_CHANNEL
    assert made[severe.id, Channel.SMS].state == S.QUEUED
    assert (deaf.id, Channel.VOICE) not in made
    assert person(session, blind).best == 0
    for member in (blind, severe):
        move(session, made[member.id, Channel.VOICE], S.ACCEPTED)
        move(session, made[member.id, Channel.VOICE], S.DELIVERED)
        assert (person(session, member).best, person(session, member).reason) == (
            60,
            "",
        )
    assert tally.recount(session, campaign.id) == []
