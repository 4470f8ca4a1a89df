"""Receipts: stored once, applied in any order, believed only where all agrees."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta

import factories
import pytest
from sqlalchemy import func, select

from campaigns.delivery import (
    receipts,
    reconciling,
    requeueing,
    sending,
    silence,
    squashing,
    tally,
)
from campaigns.delivery.history import history
from campaigns.delivery.models import Message, Receipt
from campaigns.delivery.provider import Report
from campaigns.vocabulary import Category, MessageState, Reason

S = MessageState
SIGNER = b"s" * 32


def report(outgoing, status, state, **given):
    facts = {"phone": outgoing.phone, "identity": (outgoing.token, status), **given}
    return Report("simulator", outgoing.token, None, status, state, **facts)


@pytest.fixture
def tell(session, now):
    def do(*reports, at=None):
        receipts.store(session, reports, signer=SIGNER, now=at or now)
        return receipts.apply(session, at or now)

    return do


STORY = [
    ("sent", S.SENT, Reason.NONE),
    ("undelivered", S.UNDELIVERED, Reason.ABSENT),
    ("delivered", S.DELIVERED, Reason.NONE),
]


@pytest.mark.parametrize("order", list(itertools.permutations(STORY)))
def test_receipts_end_alike_in_any_order(session, launched, send, tell, order, states):
    campaign = launched(1)
    (outgoing,) = send(campaign).messages
    for status, state, reason in order:
        for _ in range(2):
            tell(report(outgoing, status, state, reason=reason))
    assert states(campaign) == [S.DELIVERED]
    assert session.scalar(select(func.count()).select_from(Receipt)) == 3
    assert tally.recount(session, campaign.id) == []


def test_a_receipt_before_the_answer_is_recorded_counts_and_stays(
    session, launched, claim, tell, now, states
):
    campaign = launched(1)
    batch = claim(campaign)
    (outgoing,) = batch.messages
    tell(report(outgoing, "delivered", S.DELIVERED))
    outcome = sending.Outcome(outgoing.message_id, 1, S.ACCEPTED, reference="SM1")
    sending.record(session, batch, [outcome], now)
    assert states(campaign) == [S.DELIVERED]
    assert session.scalars(select(Message.provider_ref)).one() == "SM1"
    assert tally.recount(session, campaign.id) == []


def test_a_receipt_settles_a_doubt_and_stops_a_second_sending(
    session, launched, claim, tell, now, states
):
    campaign = launched(2)
    first, second = claim(campaign).messages
    reconciling.expire(session, now + timedelta(seconds=46))
    tell(report(first, "sent", S.SENT))
    assert states(campaign) == [S.SENT, S.IN_DOUBT]
    message = session.get(Message, second.message_id)
    message.state, message.claim = S.QUEUED, None
    session.flush()
    tell(report(second, "sent", S.SENT))
    assert states(campaign) == [S.SENT, S.SENT]
    assert claim(campaign).messages == ()
    assert requeueing.release(session, "none", [second.message_id], now) == 0


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({"phone": "+8614012345678"}, "other_number"),
        ({"provider": "twilio"}, "other_sending"),
        ({"state": None}, "unknown_status"),
    ],
)
def test_a_receipt_that_does_not_agree_changes_nothing(
    session, launched, send, now, states, change, result
):
    campaign = launched(1)
    (outgoing,) = send(campaign).messages
    facts = {
        "provider": "simulator",
        "token": outgoing.token,
        "reference": None,
        "status": "delivered",
        "state": S.DELIVERED,
        "identity": ("x",),
        "phone": outgoing.phone,
        **change,
    }
    receipts.store(session, [Report(**facts)], signer=SIGNER, now=now)
    receipts.apply(session, now)
    assert states(campaign) == [S.ACCEPTED]
    assert session.scalars(select(Receipt.result)).one() == result


def test_a_receipt_without_a_genuine_token_waits_a_day_and_blocks_nobody(
    session, launched, send, tell, now, states
):
    campaign = launched(1)
    (outgoing,) = send(campaign).messages
    forged = Report("simulator", "a" * 40, None, "delivered", S.DELIVERED, ("f",))
    tell(forged)
    tell(report(outgoing, "delivered", S.DELIVERED))
    assert states(campaign) == [S.DELIVERED]
    assert receipts.apply(session, now).seen == 0
    tomorrow = now + timedelta(hours=25)
    assert receipts.apply(session, tomorrow).seen == 1
    assert receipts.apply(session, tomorrow).seen == 0
    assert set(session.scalars(select(Receipt.result))) == {"applied", "unmatched"}


def test_the_people_behind_a_phone_follow_its_message(session, launched, send, tell):
    for category in (Category.PHYSICAL, Category.HEARING, Category.VISUAL):
        factories.member(session, phone="+8614000000666", category=category)
    campaign = launched(0)
    (outgoing,) = send(campaign).messages
    tell(report(outgoing, "delivered", S.DELIVERED))
    people = Counter()
    for cell, n in tally.figures(session, campaign.id).items():
        if cell.channel == "person":
            people[cell.state, cell.reason] += n
    # Delivered to a blind person's phone is not yet reached.
    assert people == {(60, ""): 2, (60, "unsuitable"): 1}
    assert tally.recount(session, campaign.id) == []


def test_a_late_receipt_still_counts_after_no_receipt(
    session, launched, send, tell, now, states
):
    campaign = launched(1)
    (outgoing,) = send(campaign).messages
    late = now + timedelta(hours=73)
    silence.no_receipt(session, campaign.id, late)
    tell(report(outgoing, "delivered", S.DELIVERED), at=late)
    assert states(campaign) == [S.DELIVERED]
    assert tally.recount(session, campaign.id) == []


def test_the_parts_of_a_long_text_are_folded(session, launched, send, tell, states):
    version = factories.version(session, sms_text="长" * 80)
    campaign = launched(1, version_id=version.id)
    (outgoing,) = send(campaign).messages
    assert outgoing.parts == 2
    for part in (1, 2):
        identity = (outgoing.token, str(part))
        tell(report(outgoing, "ok", S.DELIVERED, part=part, identity=identity))
        assert states(campaign) == [S.SENT if part == 1 else S.DELIVERED]


def test_the_history_tells_everything_in_order(session, launched, send, tell):
    (outgoing,) = send(launched(1)).messages
    tell(report(outgoing, "undelivered", S.UNDELIVERED, code="30003"))
    told = [event.step.value for event in history(session, outgoing.message_id)]
    assert told == ["listed", "submitted", "accepted", "reported"]


def test_squashing_keeps_the_figures(session, launched, send):
    campaign = launched(5)
    send(campaign)
    before = tally.figures(session, campaign.id)
    assert squashing.squash(session) > 0
    assert squashing.squash(session) == 0
    assert tally.figures(session, campaign.id) == before


def test_a_wrong_tally_is_found_and_repaired(session, launched):
    campaign = launched(2)
    wrong = tally.Cell(campaign.id, "510522112", 4, "sms", 60, "")
    tally.write(session, {wrong: 1})
    assert tally.recount(session, campaign.id) == [(wrong, 1, 0)]
    assert tally.repair(session, campaign.id) == 1
    assert tally.recount(session, campaign.id) == []


SIX = [
    ("queued", S.ACCEPTED, Reason.NONE),
    ("sending", S.ACCEPTED, Reason.NONE),
    ("sent", S.SENT, Reason.NONE),
    ("undelivered", S.UNDELIVERED, Reason.ABSENT),
    ("failed", S.UNDELIVERED, Reason.TEMPORARY),
    ("delivered", S.DELIVERED, Reason.NONE),
]


def test_six_events_end_alike_in_all_720_orders(session, launched, send, now, states):
    """One person for each order, each event twice, applied step by step."""
    orders = list(itertools.permutations(SIX))
    campaign = launched(len(orders))
    sent = [out for _ in range(23) for out in send(campaign).messages]
    assert len(sent) == len(orders) == 720
    for step in range(6):
        told = [
            report(out, status, state, reason=reason)
            for out, order in zip(sent, orders, strict=True)
            for status, state, reason in (order[step], order[max(0, step - 1)])
        ]
        receipts.store(session, told, signer=SIGNER, now=now)
        while receipts.apply(session, now).seen:
            pass
    assert set(states(campaign)) == {S.DELIVERED}
    assert session.scalar(select(func.count()).select_from(Receipt)) == 720 * 6
    ended = select(Message.reason, Message.code).distinct()
    assert session.execute(ended).all() == [("", None)]
    assert tally.recount(session, campaign.id) == []
