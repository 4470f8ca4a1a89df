"""People who stop a campaign, go on with it, or refuse it while it runs."""

from __future__ import annotations

import time

import pytest
from journeys.office import Office
from sqlalchemy import select

from campaigns.audience.rules import Rule
from campaigns.delivery import gating
from campaigns.delivery.models import Message
from campaigns.planning import lifecycle
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import CampaignState, MessageState, Reason

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

_SLOW = 1500.0
"""Milliseconds the carrier takes, so that there is a middle to act in."""


def running(office: Office, people: int) -> int:
    """A campaign with some of its messages out, and most of them queued."""
    village = office.settle(people)
    office.stack.behave(latency_ms=_SLOW)
    campaign = office.release(Rule(villages=(village,)))
    office.until_accepted(campaign, 1)
    return campaign


def step(office: Office, campaign: int, deed) -> None:
    now = office.wiring.clock()
    with office.wiring.database.writing() as session:
        deed(session, campaign, by=office.second, now=now)


def until_nothing_is_in_flight(office: Office, campaign: int) -> None:
    office.stack.until(lambda: not office.states(campaign)[MessageState.SUBMITTING])


def test_a_pause_holds_what_is_queued_and_a_resumption_sends_it(office: Office):
    people = 300
    campaign = running(office, people)
    step(office, campaign, lifecycle.pause)
    until_nothing_is_in_flight(office, campaign)
    held = office.states(campaign)[MessageState.QUEUED]
    assert held > 0
    time.sleep(3)
    assert office.states(campaign)[MessageState.QUEUED] == held
    assert office.in_ledger(campaign).total() == people - held
    assert office.status(campaign) is CampaignState.PAUSED

    office.stack.behave(latency_ms=0.0)
    step(office, campaign, lifecycle.resume)
    office.until_finished(campaign)
    assert office.everybody_is_accounted_for(campaign, people).ledger == people
    office.stack.until(lambda: office.status(campaign) is CampaignState.FINISHED)


def test_a_cancelled_campaign_ends_what_was_not_sent(office: Office):
    people = 300
    campaign = running(office, people)
    step(office, campaign, lifecycle.cancel)
    office.until_finished(campaign)
    proof = office.everybody_is_accounted_for(campaign, people)
    states = office.states(campaign)
    assert states[MessageState.CANCELLED] > 0
    assert proof.ledger + states[MessageState.CANCELLED] == people
    with office.wiring.database.reading() as session:
        figures = campaign_statistics(session, campaign)
    assert figures.status is CampaignState.CANCELLED
    stopped = [row.n for row in figures.reasons if row.reason is Reason.STOPPED]
    assert stopped == [states[MessageState.CANCELLED]]


def test_nothing_is_begun_after_a_refusal(office: Office):
    people = 300
    campaign = running(office, people)
    refused_at = {}
    for phone in phones(office, campaign)[::7]:
        with office.wiring.database.writing() as session:
            gating.refuse(session, phone, office.wiring.clock())
        refused_at[phone] = office.wiring.clock()
    office.until_finished(campaign)
    office.everybody_is_accounted_for(campaign, people)
    known = office.in_ledger(campaign)
    spared = 0
    for message in messages_to(office, campaign, refused_at):
        assert message.phone_index is not None
        if message.state == MessageState.SKIPPED:
            spared += 1
            assert message.reason == Reason.OPTED_OUT
            assert message.id not in known
        else:
            assert message.submitted_at is not None
            assert message.submitted_at <= refused_at[message.phone_index]
    assert spared > 0, "everything was out before the first refusal"


def phones(office: Office, campaign: int) -> list[bytes]:
    """The last to be sent first: refusals race with the lanes from the far end."""
    with office.wiring.database.reading() as session:
        found = session.scalars(
            select(Message.phone_index)
            .where(Message.campaign_id == campaign)
            .order_by(Message.id.desc())
        )
        return [phone for phone in found if phone]


def messages_to(office: Office, campaign: int, refused) -> list[Message]:
    with office.wiring.database.reading() as session:
        found = select(Message).where(
            Message.campaign_id == campaign, Message.phone_index.in_(list(refused))
        )
        return list(session.scalars(found))
