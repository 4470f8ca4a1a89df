"""Receipts of a carrier that brings no token of ours back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from campaigns.delivery import receipts, tally
from campaigns.delivery.models import BY_REFERENCE, Message, Receipt
from campaigns.delivery.provider import Report
from campaigns.vocabulary import MessageState

S = MessageState
SIGNER = b"s" * 32


@pytest.fixture
def carried(session, launched, send):
    """Two messages that the carrier took under one reference."""
    campaign = launched(2, provider=BY_REFERENCE)
    batch = send(campaign)
    session.execute(update(Message).values(provider_ref="G1"))
    return campaign, batch.messages


def tell(session, now, phone, reference="G1", state=S.DELIVERED, **given):
    facts = {"phone": phone, "identity": (reference, phone, str(state)), **given}
    report = Report(BY_REFERENCE, None, reference, "told", state, **facts)
    receipts.store(session, [report], signer=SIGNER, now=now)
    return receipts.apply(session, now)


def test_reference_and_number_name_the_message(session, carried, now, states):
    campaign, (first, second) = carried
    tell(session, now, second.phone)
    assert states(campaign) == [S.ACCEPTED, S.DELIVERED]
    tell(session, now, first.phone, state=S.UNDELIVERED)
    assert states(campaign) == [S.UNDELIVERED, S.DELIVERED]
    assert tally.recount(session, campaign.id) == []


def test_a_stranger_s_number_or_reference_changes_nothing(
    session, carried, now, states
):
    campaign, (first, _second) = carried
    tell(session, now, "+8613900000000")
    tell(session, now, first.phone, reference="G2")
    assert states(campaign) == [S.ACCEPTED, S.ACCEPTED]
    session.expire_all()
    assert {row.applied_at for row in session.query(Receipt)} == {None}


def test_one_that_came_before_the_answer_is_matched_later(
    session, launched, claim, now, states
):
    campaign = launched(1, provider=BY_REFERENCE)
    (outgoing,) = claim(campaign).messages
    tell(session, now, outgoing.phone)
    assert states(campaign) == [S.SUBMITTING]
    session.execute(update(Message).values(provider_ref="G1"))
    receipts.apply(session, now + timedelta(minutes=1))
    assert states(campaign) == [S.DELIVERED]
