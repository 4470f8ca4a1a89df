"""Sent again only where absence is proven and allowed, or where two people dare."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaigns.delivery import (
    doubts,
    finishing,
    reconciling,
    requeueing,
    sending,
    tally,
)
from campaigns.delivery.asking import Answer
from campaigns.delivery.models import Message
from campaigns.errors import NotAllowed, Refused, Stale
from campaigns.orm import table_of
from campaigns.vocabulary import Addressee, CampaignState, MessageState, Reason

S = MessageState
SIGNER = b"s" * 32
HOURS = timedelta(hours=6)
WHY = "大风预警，问不到结果"
ASKER, OTHER = 1, 2


def lost(_):
    raise TimeoutError


@pytest.fixture
def doubted(launched, send, ledger, now):
    """A campaign whose messages were lost on the way before the carrier took them."""

    def make(people=2, **given):
        given.setdefault("send_before", now + HOURS)
        campaign = launched(people, **given)
        ledger.before = lost
        send(campaign)
        ledger.before = lambda _: None
        return campaign

    return make


@pytest.fixture
def ask_the_ledger(session, ledger, now):
    """Every question until 90 minutes after; ``tell`` makes an answer of it."""

    def tell_truly(question):
        return Answer(question, asyncio.run(ledger.find(question.outgoing)))

    def run(tell=tell_truly, minutes=90):
        for minute in range(minutes):
            moment = now + timedelta(minutes=minute)
            asked = reconciling.questions(session, moment, signer=SIGNER)
            reconciling.answered(session, [tell(each) for each in asked], moment)

    return run


def test_proven_absence_is_sent_once_more_where_the_policy_says_so(
    session, doubted, ask_the_ledger, states, now, ledger, claim
):
    campaign = doubted(resend_absent=True)
    ask_the_ledger()
    assert states(campaign) == [S.QUEUED] * 2
    later = now + timedelta(hours=2)
    batch = claim(campaign, at=later)
    outcomes = asyncio.run(sending.carry(ledger, batch))
    sending.record(session, batch, outcomes, later)
    assert states(campaign) == [S.ACCEPTED] * 2
    assert len(ledger.lines()) == 2
    assert tally.recount(session, campaign.id) == []


def test_by_default_nothing_is_sent_again(doubted, ask_the_ledger, states):
    campaign = doubted()
    ask_the_ledger()
    assert states(campaign) == [S.IN_DOUBT] * 2


def test_two_misses_thirteen_minutes_apart_prove_nothing(
    doubted, ask_the_ledger, states
):
    campaign = doubted(resend_absent=True)
    ask_the_ledger(minutes=40)
    assert states(campaign) == [S.IN_DOUBT] * 2


@pytest.mark.parametrize("how", [{"heard": False}, {"heard": False, "mute": True}])
def test_a_ledger_that_was_not_read_proves_no_absence(
    session, doubted, ask_the_ledger, states, how
):
    campaign = doubted(resend_absent=True)
    ask_the_ledger(lambda question: Answer(question, None, **how))
    assert states(campaign) == [S.IN_DOUBT] * 2
    # Who cannot be asked is not asked for ever: a person decides.
    assert doubts.stuck(session, campaign.id) == (2 if "mute" in how else 0)


def test_past_the_last_moment_it_stays_in_doubt(doubted, ask_the_ledger, states, now):
    campaign = doubted(resend_absent=True, send_before=now + timedelta(minutes=50))
    ask_the_ledger()
    assert states(campaign) == [S.IN_DOUBT] * 2


def test_a_second_doubt_is_not_sent_a_third_time(
    session, doubted, ask_the_ledger, states, now, ledger, claim
):
    campaign = doubted(1, resend_absent=True)
    ask_the_ledger()
    later = now + timedelta(hours=2)
    ledger.before = lost
    batch = claim(campaign, at=later)
    outcomes = asyncio.run(sending.carry(ledger, batch))
    sending.record(session, batch, outcomes, later)
    ask_the_ledger(minutes=300)
    assert states(campaign) == [S.IN_DOUBT]
    assert doubts.stuck(session, campaign.id) == 1


def test_a_doubt_that_was_none_does_not_count_as_the_first(
    session, launched, claim, ledger, ask_the_ledger, states, now
):
    campaign = launched(1, resend_absent=True, send_before=now + HOURS)
    dead = claim(campaign)
    (message,) = dead.messages
    reconciling.expire(session, now + timedelta(seconds=46))
    # Its journal proves that it was never begun, though its lease was over.
    assert requeueing.release(session, dead.claim, [message.message_id], now) == 1
    ledger.before = lost
    batch = claim(campaign)
    outcomes = asyncio.run(sending.carry(ledger, batch))
    sending.record(session, batch, outcomes, now)
    ask_the_ledger()
    assert states(campaign) == [S.QUEUED]


def first_of(session, campaign):
    mine = select(Message).where(Message.campaign_id == campaign.id)
    return session.scalars(mine.order_by(Message.id).limit(1)).one()


def test_a_persons_word_ends_a_doubt_for_good(
    session, doubted, ask_the_ledger, states, now
):
    campaign = doubted(resend_absent=True)
    first = first_of(session, campaign)
    doubts.confirm(session, first.id, now)
    ask_the_ledger()
    assert states(campaign) == [S.DELIVERED, S.QUEUED]
    session.refresh(first)
    assert first.reason == Reason.MET
    assert tally.recount(session, campaign.id) == []
    with pytest.raises(Stale):
        doubts.confirm(session, first.id, now)


def test_a_guardians_word_is_no_evidence_of_the_person(session, doubted, now):
    first = first_of(session, doubted())
    first.addressee = Addressee.GUARDIAN
    session.flush()
    doubts.confirm(session, first.id, now)
    session.refresh(first)
    assert (first.state, first.reason) == (S.DELIVERED, "")


def test_whoever_asked_does_not_agree(session, doubted, ask_the_ledger, states, now):
    campaign = doubted()
    ask_the_ledger()
    wish = doubts.ask(session, campaign.id, WHY, by=ASKER, now=now)
    with pytest.raises(NotAllowed):
        doubts.agree(session, wish.id, by=ASKER, now=now)
    assert states(campaign) == [S.IN_DOUBT] * 2
    done = doubts.agree(session, wish.id, by=OTHER, now=now)
    assert (done.sent, done.agreed_by) == (2, OTHER)
    assert states(campaign) == [S.QUEUED] * 2
    with pytest.raises(Stale):
        doubts.agree(session, wish.id, by=OTHER, now=now)
    assert tally.recount(session, campaign.id) == []


def test_what_turned_up_meanwhile_is_not_sent_again(
    session, doubted, ask_the_ledger, states, now
):
    campaign = doubted()
    ask_the_ledger()
    wish = doubts.ask(session, campaign.id, WHY, by=ASKER, now=now)
    message = wish.messages[0]
    session.execute(
        update(table_of(Message)).where(Message.id == message).values(state=S.DELIVERED)
    )
    assert doubts.agree(session, wish.id, by=OTHER, now=now).sent == 1
    assert states(campaign) == [S.DELIVERED, S.QUEUED]


def test_a_finished_campaign_is_opened_again_for_it(
    session, doubted, ask_the_ledger, now
):
    campaign = doubted()
    ask_the_ledger()
    assert finishing.finish(session, campaign.id, now)
    wish = doubts.ask(session, campaign.id, WHY, by=ASKER, now=now)
    doubts.agree(session, wish.id, by=OTHER, now=now)
    assert campaign.status is CampaignState.RUNNING
    assert finishing.due_campaigns(session, now) == [campaign.id]


def test_a_wish_may_be_dropped_and_then_asked_anew(
    session, doubted, ask_the_ledger, now
):
    campaign = doubted()
    ask_the_ledger()
    wish = doubts.ask(session, campaign.id, WHY, by=ASKER, now=now)
    with pytest.raises(Stale):
        doubts.ask(session, campaign.id, WHY, by=OTHER, now=now)
    doubts.drop(session, wish.id, now=now)
    assert doubts.open_wish(session, campaign.id) is None
    assert doubts.ask(session, campaign.id, WHY, by=ASKER, now=now).id != wish.id


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_a_reason_is_asked_for(session, doubted, ask_the_ledger, now, reason):
    campaign = doubted()
    ask_the_ledger()
    with pytest.raises(Refused):
        doubts.ask(session, campaign.id, reason, by=ASKER, now=now)


def test_nothing_is_asked_for_too_late_or_for_nothing(session, doubted, now):
    campaign = doubted()
    with pytest.raises(Refused):  # the ledger was not asked to the end
        doubts.ask(session, campaign.id, WHY, by=ASKER, now=now)
    with pytest.raises(Refused):
        doubts.ask(session, campaign.id, WHY, by=ASKER, now=now + HOURS)
