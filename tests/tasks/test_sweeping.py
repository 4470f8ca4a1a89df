"""Sweeps find all work in the rows, whoever ticks and however often."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from delivery.ledger import Ledger
from sqlalchemy import select

from campaigns import privacy
from campaigns.delivery import doubts, launching, reconciling, tally
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Report
from campaigns.delivery.receipts import store
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.vocabulary import CampaignState, MessageState
from outreach import lanes, receiving
from outreach.enquiring import reconcile
from outreach.settings import Settings
from outreach.sweeping import OWN, SWEEPS, sweep
from outreach.wiring import Wiring

SIGNER = "ab" * 32


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def wiring(database, now, tmp_path):
    settings = Settings(data_dir=tmp_path, token_key=SIGNER)
    made = Wiring(settings, database, Clock(now))
    made.providers["simulator"] = Ledger(tmp_path / "ledger")
    return made


@pytest.fixture
def campaign(wiring):
    with wiring.database.writing() as session:
        factories.unit(session)
        factories.places(session)
        for _ in range(50):
            factories.member(session)
        return factories.campaign(session, status=CampaignState.APPROVED).id


@pytest.fixture
def tick(wiring):
    def do():
        hints = []
        wiring.clock.now += timedelta(minutes=11)
        sweep(wiring, lambda name, key: hints.append((name, key)))
        return hints

    return do


def launch(wiring, campaign):
    with wiring.database.writing() as session:
        assert launching.launch(session, campaign, wiring.clock())


def sums(wiring, campaign):
    with wiring.database.reading() as session:
        assert tally.recount(session, campaign) == []
        return tally.by_state(session, campaign, "sms")


def test_a_released_campaign_is_found_launched_sent_and_finished(
    wiring, campaign, tick
):
    assert ("launch", campaign) in tick()
    launch(wiring, campaign)
    assert ("send", campaign) in tick()
    assert lanes.send(wiring, campaign) == 50
    assert sums(wiring, campaign) == {MessageState.ACCEPTED: 50}
    assert ("send", campaign) not in tick()
    tokens = [line.split()[1] for line in wiring.providers["simulator"].lines()]
    told = [
        Report("simulator", t, None, "delivered", MessageState.DELIVERED, (t,))
        for t in tokens
    ]
    with wiring.database.writing() as session:
        store(session, told, signer=wiring.signer, now=wiring.clock())
    assert ("apply", None) in tick()
    receiving.apply(wiring)
    assert sums(wiring, campaign) == {MessageState.DELIVERED: 50}
    tick()
    with wiring.database.reading() as session:
        done = session.get(Campaign, campaign)
        assert done.status == CampaignState.FINISHED
        assert done.handed_over_at is not None


@pytest.mark.usefixtures("campaign")
def test_each_sweep_is_done_once_in_its_time(wiring):
    assert set(sweep(wiring, lambda *_: None)) == {*SWEEPS, *OWN}
    assert sweep(wiring, lambda *_: None) == []


@pytest.mark.usefixtures("campaign")
def test_one_sweep_that_fails_does_not_stop_the_others(wiring):
    def broken(name, _):
        raise ConnectionError(name)

    assert "finish" in sweep(wiring, broken)


def test_a_worker_that_died_leaves_doubt_that_is_asked_about(wiring, campaign, tick):
    launch(wiring, campaign)
    ledger = wiring.providers["simulator"]

    def lost(_):
        raise TimeoutError

    ledger.after = lost
    lanes.send(wiring, campaign, seconds=3)
    assert sums(wiring, campaign) == {MessageState.IN_DOUBT: 50}
    assert ("reconcile", None) in tick()
    assert reconcile(wiring) == 50
    assert sums(wiring, campaign) == {MessageState.ACCEPTED: 50}


def test_two_hints_for_one_campaign_do_not_double_its_lanes(wiring, campaign):
    launch(wiring, campaign)
    with lanes.alone(campaign) as mine:
        assert mine
        assert lanes.send(wiring, campaign) == 0
    assert lanes.send(wiring, campaign) == 50


def test_a_stopped_campaign_is_ended_by_the_gate(wiring, campaign, tick):
    launch(wiring, campaign)
    with wiring.database.writing() as session:
        session.get(Campaign, campaign).status = CampaignState.CANCELLED
    tick()
    assert sums(wiring, campaign) == {MessageState.CANCELLED: 50}


def test_an_expired_lease_becomes_doubt(wiring, campaign, tick):
    launch(wiring, campaign)
    with wiring.database.writing() as session:
        for message in session.query(Message).limit(5):
            message.was, message.state = message.state, MessageState.SUBMITTING
            message.submitted_at = wiring.clock()
            message.lease_until = wiring.clock()
            message.provider, message.attempt = "simulator", 1
        session.flush()
        tally.repair(session, campaign)
    tick()
    assert sums(wiring, campaign)[MessageState.IN_DOUBT] == 5


def test_a_doubt_whose_number_was_changed_counts_as_asked_and_blocks_nobody(
    wiring, campaign, now
):
    def lost(_):
        raise TimeoutError

    launch(wiring, campaign)
    wiring.providers["simulator"].after = lost
    lanes.send(wiring, campaign, seconds=3)
    with wiring.database.writing() as session:
        changed = session.scalars(select(Member).order_by(Member.id).limit(49)).all()
        for person in changed:
            person.phone = "+8614000099999"
            person.phone_index = privacy.blind("phone", person.phone)
    for minutes in (2, 15, 60):
        wiring.clock.now = now + timedelta(minutes=minutes)
        reconcile(wiring)
    assert sums(wiring, campaign) == {
        MessageState.IN_DOUBT: 49,
        MessageState.ACCEPTED: 1,
    }
    with wiring.database.reading() as session:
        assert doubts.stuck(session, campaign) == 49
        assert not reconciling.anything_to_ask(session, now + timedelta(days=1))
