"""Receipts come back over HTTP, also when the web server was away."""

from __future__ import annotations

import pytest
from journeys.office import Office

from campaigns.audience.rules import Rule
from campaigns.vocabulary import MessageState

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

ENDED = {MessageState.DELIVERED, MessageState.UNDELIVERED}


def test_receipts_that_met_a_killed_web_server_all_arrive(office: Office):
    people = 200
    village = office.settle(people)
    office.stack.behave(receipt_seconds=4.0, twice=0.2, early=0.1)
    campaign = office.release(Rule(villages=(village,)))
    office.until_accepted(campaign, people // 2)
    office.stack.kill("web")
    office.until_finished(campaign)
    proof = office.everybody_is_accounted_for(campaign, people)
    assert proof.ledger == people
    assert set(office.states(campaign)) <= ENDED


def test_a_carrier_that_restarts_reports_what_it_owes(office: Office):
    """Its ledger knows what it never told us."""
    people = 100
    village = office.settle(people)
    office.stack.behave(receipt_seconds=6.0)
    campaign = office.release(Rule(villages=(village,)))
    office.until_accepted(campaign, people)
    office.stack.kill("simulator")
    office.until_finished(campaign)
    office.everybody_is_accounted_for(campaign, people)
    assert set(office.states(campaign)) <= ENDED
