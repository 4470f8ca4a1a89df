"""A campaign whose worker, broker or whole stack goes away in the middle."""

from __future__ import annotations

import pytest
from journeys.office import Office

from campaigns.audience.rules import Rule
from campaigns.vocabulary import MessageState

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]


def test_a_worker_killed_again_and_again_sends_nobody_twice(office: Office):
    people = 400
    village = office.settle(people)
    office.stack.behave(latency_ms=1000.0)
    campaign = office.release(Rule(villages=(village,)))
    for share in (0.1, 0.3, 0.5):
        office.until_accepted(campaign, int(people * share))
        office.stack.kill("worker")
    assert office.states(campaign)[MessageState.QUEUED] > 0, "it was over too soon"
    office.stack.behave(latency_ms=0.0)
    office.until_finished(campaign)
    office.everybody_is_accounted_for(campaign, people)
    states = office.states(campaign)
    # Only what a lane held when it died may be in doubt: 32 each, thrice.
    assert states[MessageState.IN_DOUBT] <= 3 * 32 * office.stack.settings.lanes
    assert states[MessageState.DELIVERED] > people // 3


def test_a_broker_that_forgets_everything_loses_nothing(office: Office):
    people = 200
    village = office.settle(people)
    office.stack.behave(latency_ms=150.0)
    campaign = office.release(Rule(villages=(village,)))
    office.until_accepted(campaign, 1)
    office.stack.forget_everything_queued()
    office.until_finished(campaign)
    proof = office.everybody_is_accounted_for(campaign, people)
    assert proof.ledger == people


def test_a_stack_stopped_in_the_middle_goes_on_where_it_was(office: Office):
    people = 600
    village = office.settle(people)
    office.stack.behave(latency_ms=4000.0)
    campaign = office.release(Rule(villages=(village,)))
    office.until_accepted(campaign, 20)
    assert office.stack.stop() == set()
    before = office.accepted(campaign)
    assert before < people
    office.stack.start()
    office.stack.behave(latency_ms=0.0)
    office.until_finished(campaign)
    proof = office.everybody_is_accounted_for(campaign, people)
    # A worker that is told to stop finishes what it holds: nobody is left in doubt.
    assert proof.ledger == people
