"""Receipts come back over HTTP, also when the web server was away."""

from __future__ import annotations

import random

import pytest
from journeys.office import Office

from campaigns.audience.rules import Rule
from campaigns.vocabulary import MessageState
from outreach.drill.kept import stands, wrongs
from outreach.drill.posting import Clients, prepare

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

ENDED = {MessageState.DELIVERED, MessageState.UNDELIVERED}


def test_what_was_answered_stands_whatever_is_killed(office: Office):
    people = 120
    village = office.settle(people)
    office.stack.behave(callbacks=False)
    campaign = office.release(Rule(villages=(village,)))
    office.until_accepted(campaign, people)
    entries = {
        message: entry
        for entry in office.stack.ledger()
        if (message := office.message_of(entry, campaign)) is not None
    }
    story = ["queued", "sent", "sent", "delivered", "delivered"]
    draw = random.Random(62)
    posts = prepare(office.stack.settings, entries, dict.fromkeys(entries, story), draw)
    with Clients(posts, 16) as clients:
        for n, name in enumerate(("web", "valkey", "worker")):
            share = len(posts) * (n + 1) // 4
            office.stack.until(lambda share=share: clients.done >= share)
            office.stack.kill(name)
        office.stack.until(lambda: clients.over)
    office.until_finished(campaign)
    with office.wiring.database.reading() as session:
        inbox, states = stands(session, campaign)
    posted = {(post.message, post.status) for post in posts}
    assert wrongs(clients.answered, posted, inbox, states) == {}
    assert set(clients.statuses) <= {0, 204, 503}
    assert clients.answered.total() > len(posts) // 2
    office.everybody_is_where_the_tally_says(campaign)


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
