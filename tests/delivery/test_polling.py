"""A report that never came is asked for, at four ages, and applied like any other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.delivery import polling, quarantine, receipts, tally
from campaigns.delivery.asking import Answer
from campaigns.delivery.provider import Report, Submission
from campaigns.vocabulary import MessageState, Reason

S = MessageState
SIGNER = b"s" * 32


@pytest.fixture
def poll(session, now):
    """Ask what is due ``after``; ``tell`` makes an answer of each question."""

    def run(after, tell):
        moment = now + after
        asked = polling.to_poll(session, moment, signer=SIGNER)
        polling.heard(session, [tell(q) for q in asked], signer=SIGNER, now=moment)
        receipts.apply(session, moment)
        return len(asked)

    return run


def told(state, **facts):
    return lambda q: Answer(q, Submission("SM1", state, **facts))


def nothing(question):
    return Answer(question, None)


def unheard(question):
    return Answer(question, None, heard=False)


def mute(question):
    return Answer(question, None, heard=False, mute=True)


def test_each_is_asked_for_four_times_and_no_more(launched, send, poll):
    send(launched(2))
    asked = [poll(timedelta(hours=hour), nothing) for hour in range(80)]
    assert [hour for hour, n in enumerate(asked) if n] == [1, 6, 24, 71]
    assert set(asked) == {0, 2}


def test_an_end_that_the_records_know_is_applied(session, launched, send, poll, states):
    campaign = launched(2)
    send(campaign)
    hour = timedelta(hours=1)
    poll(hour, told(S.UNDELIVERED, code="30003", reason=Reason.ABSENT))
    assert states(campaign) == [S.UNDELIVERED] * 2
    assert poll(timedelta(hours=7), nothing) == 0
    assert tally.recount(session, campaign.id) == []


def test_still_on_the_way_changes_nothing_and_is_asked_again(
    launched, send, poll, states
):
    campaign = launched(1)
    send(campaign)
    poll(timedelta(hours=1), told(S.ACCEPTED))
    assert states(campaign) == [S.ACCEPTED]
    assert poll(timedelta(hours=6), told(S.DELIVERED)) == 1
    assert states(campaign) == [S.DELIVERED]


def test_who_did_not_answer_is_asked_again_and_who_cannot_is_not(launched, send, poll):
    send(launched(1))
    assert [poll(timedelta(hours=1), unheard) for _ in range(2)] == [1, 1]
    assert [poll(timedelta(hours=1), mute) for _ in range(2)] == [1, 0]


def test_a_batch_is_limited(session, launched, send, now):
    send(launched(5))
    moment = now + timedelta(hours=1)
    assert polling.anything_to_poll(session, moment)
    assert len(polling.to_poll(session, moment, signer=SIGNER, size=3)) == 3
    assert not polling.anything_to_poll(session, now)


def test_what_matches_nothing_waits_a_day_and_is_then_shown(session, now):
    stray = Report("simulator", None, "SM9", "delivered", S.DELIVERED, ("SM9", "d"))
    receipts.store(session, [stray], signer=SIGNER, now=now)
    receipts.apply(session, now)
    assert quarantine.lately(session, now) == 0
    later = now + timedelta(hours=25)
    receipts.apply(session, later)
    (shown,) = quarantine.listed(session)
    assert (shown.reference, shown.result) == ("SM9", "unmatched")
    assert quarantine.lately(session, later) == 1
    assert quarantine.lately(session, later + timedelta(days=8)) == 0
