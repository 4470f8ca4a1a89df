"""Claim, carry, record: intent first, outcomes once, nobody twice."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import factories
import pytest
from sqlalchemy import select, text

from campaigns import privacy
from campaigns.delivery import (
    gating,
    launching,
    line,
    reconciling,
    requeueing,
    sending,
    silence,
    tally,
)
from campaigns.delivery.asking import Answer
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.provider import NotAccepted, Submission
from campaigns.errors import Unreadable
from campaigns.vocabulary import CampaignState, MessageState, Reason, Urgency

S = MessageState
SIGNER = b"s" * 32


def carried(ledger, batch):
    return asyncio.run(sending.carry(ledger, batch))


def test_sending_makes_everybody_accepted_once(session, launched, send, states, ledger):
    campaign = launched(5)
    send(campaign)
    assert states(campaign) == [S.ACCEPTED] * 5
    assert len(set(ledger.lines())) == 5
    assert not send(campaign).messages
    assert tally.recount(session, campaign.id) == []


@pytest.mark.parametrize(
    "given",
    [
        {"status": CampaignState.PAUSED},
        {"status": CampaignState.CANCELLED},
        {"send_before": factories.NOW + timedelta(seconds=20)},
        {"window_from": 0, "window_to": 12 * 60},
    ],
)
def test_nothing_is_claimed_outside_status_window_and_last_moment(
    session, launched, claim, given
):
    campaign = launched(3)
    for name, value in given.items():
        setattr(campaign, name, value)
    session.flush()
    assert claim(campaign).messages == ()


def test_an_emergency_knows_no_window(launched, claim):
    hours = {"window_from": 0, "window_to": 60}
    campaign = launched(1, urgency=Urgency.EMERGENCY, **hours)
    assert len(claim(campaign).messages) == 1


def test_a_refusal_before_the_claim_is_heard_and_one_after_it_is_too_late(
    session, launched, claim, now, states
):
    campaign = launched(2)
    first, second = session.scalars(select(Message.phone_index).order_by(Message.id))
    assert gating.refuse(session, first, now) == 1
    (only,) = claim(campaign).messages
    assert privacy.blind("phone", only.phone) == second
    assert gating.refuse(session, second, now) == 0
    assert states(campaign) == [S.SKIPPED, S.SUBMITTING]


def test_a_phone_that_went_back_to_the_queue_after_a_refusal_is_ended(
    session, launched, claim, now, states, ledger
):
    def busy(_):
        raise NotAccepted("429", throttled=True, retry_after=1)

    ledger.before = busy
    campaign = launched(1)
    batch = claim(campaign)
    gating.refuse(session, session.scalars(select(Message.phone_index)).one(), now)
    sending.record(session, batch, carried(ledger, batch), now)
    assert states(campaign) == [S.QUEUED]
    assert gating.gate(session, campaign.id, now) == 1
    assert states(campaign) == [S.SKIPPED]
    assert tally.recount(session, campaign.id) == []


def test_a_number_that_changed_since_launch_gets_nothing(
    session, launched, claim, states
):
    person = factories.member(session)
    campaign = launched(0)
    person.phone_index = privacy.blind("phone", "+8614099999999")
    session.flush()
    assert claim(campaign).messages == ()
    assert states(campaign) == [S.CANCELLED]
    assert session.scalars(select(Message.reason)).one() == Reason.NUMBER_CHANGED
    assert tally.by_state(session, campaign.id, "person") == {92: 1}


def test_an_outcome_that_is_unknown_is_in_doubt_and_never_sent_again(
    session, launched, send, states, ledger, claim
):
    def lost(_):
        raise ConnectionResetError

    ledger.after = lost
    campaign = launched(2)
    send(campaign)
    assert states(campaign) == [S.IN_DOUBT] * 2
    assert claim(campaign).messages == ()
    assert {a.outcome for a in session.scalars(select(Attempt))} == {"in_doubt"}


def test_what_was_certainly_not_accepted_waits_and_goes_out_later(
    session, launched, claim, ledger, now, states
):
    def busy(_):
        raise NotAccepted("429", code="20429", throttled=True, retry_after=30)

    campaign = launched(1)
    ledger.before = busy
    batch = claim(campaign)
    sending.record(session, batch, carried(ledger, batch), now)
    assert states(campaign) == [S.QUEUED]
    assert claim(campaign).messages == ()
    ledger.before = lambda _: None
    again = claim(campaign, at=now + timedelta(seconds=31))
    assert again.messages[0].attempt == 2
    assert again.messages[0].token != batch.messages[0].token


def test_a_provider_that_refuses_for_good_is_not_asked_again(
    session, launched, send, ledger, states
):
    def refuse(_):
        raise NotAccepted("blacklisted", code="21610", permanent=True)

    ledger.before = refuse
    campaign = launched(2)
    send(campaign)
    assert states(campaign) == [S.REJECTED] * 2
    assert tally.by_state(session, campaign.id, "person") == {90: 2}
    assert tally.recount(session, campaign.id) == []


def test_after_the_deadline_not_a_byte_is_written(launched, claim, ledger):
    batch = claim(launched(2))
    late = replace(
        batch,
        messages=tuple(
            replace(m, deadline=time.monotonic() - 1) for m in batch.messages
        ),
    )
    outcomes = carried(ledger, late)
    assert {outcome.state for outcome in outcomes} == {S.QUEUED}
    assert ledger.lines() == []


def test_recording_twice_changes_nothing(session, launched, claim, ledger, now, states):
    campaign = launched(3)
    batch = claim(campaign)
    outcomes = carried(ledger, batch)
    for _ in range(2):
        sending.record(session, batch, outcomes, now)
    assert states(campaign) == [S.ACCEPTED] * 3
    assert tally.recount(session, campaign.id) == []


def test_a_late_answer_counts_after_the_lease_is_over(
    session, launched, claim, ledger, now, states
):
    campaign = launched(1)
    batch = claim(campaign)
    outcomes = carried(ledger, batch)
    later = now + timedelta(seconds=46)
    assert reconciling.expire(session, later) == 1
    assert states(campaign) == [S.IN_DOUBT]
    sending.record(session, batch, outcomes, later)
    assert states(campaign) == [S.ACCEPTED]
    assert tally.recount(session, campaign.id) == []


def test_a_claim_that_was_never_carried_is_released(
    session, launched, claim, states, now
):
    campaign = launched(3)
    batch = claim(campaign, 2)
    ids = [out.message_id for out in batch.messages]
    assert requeueing.release(session, batch.claim, ids, now) == 2
    assert states(campaign) == [S.QUEUED] * 3
    assert tally.recount(session, campaign.id) == []


def test_the_ledger_is_asked_three_times_and_then_a_person_decides(
    session, launched, send, ledger, now, states
):
    def lost(_):
        raise TimeoutError

    ledger.before = lost
    campaign = launched(1)
    send(campaign)
    asked = []
    for minute in range(90):
        moment = now + timedelta(minutes=minute)
        for question in reconciling.questions(session, moment, signer=SIGNER):
            asked.append(minute)
            found = asyncio.run(ledger.find(question.outgoing))
            reconciling.answered(session, [Answer(question, found)], moment)
    assert asked == [2, 15, 60]
    assert states(campaign) == [S.IN_DOUBT]


def test_a_message_found_in_the_ledger_is_accepted(
    session, launched, send, ledger, now, states
):
    def lost(_):
        raise TimeoutError

    ledger.after = lost
    campaign = launched(2)
    send(campaign)
    moment = now + timedelta(minutes=2)
    for question in reconciling.questions(session, moment, signer=SIGNER):
        found = asyncio.run(ledger.find(question.outgoing))
        assert reconciling.answered(session, [Answer(question, found)], moment) == 1
    assert states(campaign) == [S.ACCEPTED] * 2
    assert len(ledger.lines()) == 2
    assert tally.recount(session, campaign.id) == []


def test_a_ledger_that_does_not_answer_is_asked_again(
    session, launched, send, ledger, now
):
    def lost(_):
        raise TimeoutError

    ledger.before = lost
    send(launched(1))
    moment = now + timedelta(minutes=2)
    (question,) = reconciling.questions(session, moment, signer=SIGNER)
    reconciling.answered(session, [Answer(question, None, heard=False)], moment)
    again = moment + timedelta(minutes=1)
    (same,) = reconciling.questions(session, again, signer=SIGNER)
    assert same.asked == 0


def test_after_72_hours_without_a_report_a_message_has_no_receipt(
    session, launched, send, now, states
):
    campaign = launched(2)
    send(campaign)
    soon, late = now + timedelta(hours=71), now + timedelta(hours=73)
    assert silence.no_receipt(session, campaign.id, soon) == 0
    assert silence.no_receipt(session, campaign.id, late) == 2
    assert states(campaign) == [S.NO_RECEIPT] * 2
    assert tally.by_state(session, campaign.id, "person") == {40: 2}


def test_a_stopped_campaign_ends_what_waits_batch_by_batch(
    session, launched, claim, now, states
):
    campaign = launched(3)
    claim(campaign, 1)
    campaign.status = CampaignState.CANCELLED
    session.flush()
    assert gating.cancel(session, campaign.id, now) == 2
    assert gating.cancel(session, campaign.id, now) == 0
    assert states(campaign) == [S.SUBMITTING, S.CANCELLED, S.CANCELLED]


def test_words_that_name_the_place_are_filled_and_measured_for_each(
    session, launched, claim
):
    version = factories.version(session, sms_text="${township}${village}" + "热" * 60)
    factories.member(session, village=None)
    campaign = launched(1, version_id=version.id)
    batch = claim(campaign)
    assert {m.text[7:13] for m in batch.messages} == {"福宝镇大坪村", "福宝镇福宝镇"}
    session.expire_all()
    kept = dict(session.execute(select(Message.id, Message.parts)).all())
    assert kept == {m.message_id: m.parts for m in batch.messages}
    assert set(kept.values()) == {2}


def test_a_duty_person_is_told_about_the_village(session, launched, claim, now):
    campaign = launched(0)
    place = session.get(factories.Place, "510522112201")
    place.duty_phone = "+8614000000001"
    session.flush()
    alerts = [(place.code, place.parent, place.duty_phone)]
    launching.add_alerts(session, campaign.id, alerts, now)
    (alert,) = claim(campaign).messages
    assert alert.phone == "+8614000000001"
    assert "大坪村" in alert.text


def test_the_line_gives_no_more_than_its_rate(session, now):
    taken = [line.take(session, "x", 32, 10, now).messages for _ in range(3)]
    assert sum(taken) <= 3
    later = now + timedelta(seconds=10)
    total = 0
    moment = now
    while moment < later:
        turn = line.take(session, "x", 32, 10, moment)
        total += turn.messages
        moment += timedelta(milliseconds=50)
    assert 95 <= total <= 103


def _waiting(seconds):
    """A turn of nobody, while the breaker is open."""
    return line.Turn(0, seconds, failed=True)


def test_a_throttle_halves_the_rate_and_a_fault_opens_the_breaker(session, now):
    line.take(session, "x", 1, 1000, now)
    line.slow_down(session, "x", now, retry_after=5)
    assert line.take(session, "x", 1, 1000, now).messages == 0
    later = now + timedelta(seconds=6)
    assert line.take(session, "x", 1000, 1000, later).messages == 125
    line.open_breaker(session, "x", later)
    turn = line.take(session, "x", 1, 1000, later)
    assert (turn.messages, turn.wait) == (0, 15.0)
    after = later + timedelta(seconds=16)
    probe = line.take(session, "x", 32, 1000, after)
    assert (probe.messages, probe.failed) == (1, True)
    # While one message tries the line, nobody else does.
    assert line.take(session, "x", 32, 1000, after) == _waiting(30.0)
    line.close_breaker(session, "x")
    assert line.take(session, "x", 32, 1000, after).messages == 32


def test_only_messages_in_a_row_without_an_answer_open_the_breaker(session, now):
    line.take(session, "x", 1, 1000, now)
    line.miss(session, "x", 4, now)
    assert line.take(session, "x", 1, 1000, now).doubted
    line.close_breaker(session, "x")
    line.miss(session, "x", 4, now)
    assert line.take(session, "x", 1, 1000, now).messages == 1
    line.miss(session, "x", 1, now)
    assert line.take(session, "x", 1, 1000, now) == _waiting(15.0)


def test_only_a_trial_that_fails_doubles_the_pause(session, now):
    """What was under way with the breaker's cause fails too, and says nothing new."""
    line.take(session, "x", 1, 1000, now)
    for _ in range(8):
        line.open_breaker(session, "x", now)
        line.miss(session, "x", 5, now)
    assert line.take(session, "x", 1, 1000, now) == _waiting(15.0)
    for pause in (30.0, 60.0):
        now += timedelta(minutes=5)
        assert line.take(session, "x", 1, 1000, now).failed
        line.miss(session, "x", 1, now, trial=True)
        assert line.take(session, "x", 1, 1000, now) == _waiting(pause)


def test_slow_answers_beside_quick_ones_leave_the_breaker_shut(
    session, launched, claim, now
):
    batch = claim(launched(8))
    unheard = [
        sending.Outcome(m.message_id, m.attempt, S.IN_DOUBT) for m in batch.messages
    ]
    sending.record(session, batch, unheard, now, line.Turn(8, heard=True))
    assert line.take(session, batch.provider, 1, 1000, now).messages == 1
    sending.record(session, batch, unheard, now, line.Turn(8))
    assert line.take(session, batch.provider, 1, 1000, now) == _waiting(15.0)


def test_a_providers_long_answers_are_cut_and_fail_nobody(
    session, launched, claim, now, states
):
    campaign = launched(2)
    batch = claim(campaign)
    outcomes = [
        sending.Outcome(m.message_id, m.attempt, S.ACCEPTED, reference="\0" + "r" * 900)
        for m in batch.messages
    ]
    sending.record(session, batch, outcomes, now)
    assert states(campaign) == [S.ACCEPTED] * 2


def test_a_provider_that_says_delivered_at_once_is_believed(
    session, launched, claim, now
):
    campaign = launched(1)
    batch = claim(campaign)

    class Instant:
        channels = frozenset({"sms"})

        async def carry(self, _):
            return Submission("x", S.DELIVERED, parts=2)

    sending.record(session, batch, carried(Instant(), batch), now)
    assert tally.by_state(session, campaign.id, "person") == {60: 1}
    assert tally.by_state(session, campaign.id, "parts") == {0: 2}


def test_a_row_that_cannot_be_made_ready_stops_nobody_else(
    session, launched, send, states
):
    campaign = launched(5)
    broken = session.scalars(select(Message.member_id).order_by(Message.id)).all()[2]
    spoilt = {"sealed": b"\x01" + bytes(40), "id": broken}
    session.execute(text("UPDATE member SET phone = :sealed WHERE id = :id"), spoilt)
    session.expire_all()
    send(campaign)
    sent = [S.ACCEPTED] * 5
    sent[2] = S.CANCELLED
    assert states(campaign) == sent


def test_with_a_wrong_key_nothing_is_ended_and_nothing_sent(session, launched, claim):
    campaign = launched(3)
    session.execute(text("UPDATE member SET phone = :sealed"), {"sealed": bytes(40)})
    session.expire_all()
    with pytest.raises(Unreadable), session.begin_nested():
        claim(campaign)
    assert set(session.scalars(select(Message.state))) == {S.QUEUED}
