"""Calls wait for their clip, keep the window, and go to who is better told by ear."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import call_clips, carrying, claiming, finishing, tally
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.errors import NotReady, Refused
from campaigns.planning import drafting, lifecycle
from campaigns.planning.forecast import forecast
from campaigns.planning.standing import obstacles
from campaigns.vocabulary import Category, Channel, MessageState, Urgency

TOWNSHIP = "510522112"
CLIPS = {TOWNSHIP: "ab" * 32}
BY_EAR = {"channels": ["sms", "voice"], "urgency": Urgency.MUST_REACH}
BLIND = {"category": Category.VISUAL, "grade": 4}
S = MessageState


def rows(session, channel):
    session.expire_all()
    found = select(Message).where(Message.channel == channel).order_by(Message.id)
    return session.scalars(found).all()


@pytest.fixture
def called(session, launched):
    """One blind person and one who reads, told at once."""
    blind = factories.member(session, **BLIND)
    reader = factories.member(session, grade=4)
    return launched(0, **BY_EAR), blind, reader


def test_the_blind_are_called_and_the_others_written_to(session, called, now):
    campaign, blind, reader = called
    (call,) = rows(session, Channel.VOICE)
    assert (call.member_id, call.state) == (blind.id, S.QUEUED)
    texts = {row.member_id: row.state for row in rows(session, Channel.SMS)}
    assert texts == {blind.id: S.SKIPPED, reader.id: S.QUEUED}
    foreseen = forecast(session, campaign, now)
    assert (foreseen.calls, foreseen.messages, foreseen.will_send) == (1, 1, 2)
    assert foreseen.parts == 1


def test_a_call_waits_for_its_clip_and_then_goes_with_its_address(
    session, called, claim, now, ledger
):
    campaign, blind, _ = called
    assert {out.channel for out in claim(campaign).messages} == {Channel.SMS}
    assert campaign.id in finishing.to_record(session)
    assert call_clips.wanted(session, campaign.id) == [TOWNSHIP]
    assert call_clips.attach(session, campaign.id, CLIPS, now) == 1
    assert call_clips.attach(session, campaign.id, {}, now) == 0
    session.expire_all()
    assert campaign.id not in finishing.to_record(session)
    dispatch = Dispatch.of(session, campaign.id)
    dispatch.sounds = {TOWNSHIP: "https://x.example/calls/a.wav"}
    batch = claiming.claim(
        session, dispatch, 9, now, signer=b"s" * 32, limits=ledger.limits
    )
    (call,) = batch.messages
    assert (call.channel, call.phone) == (Channel.VOICE, blind.phone)
    assert (call.sound, call.text, call.parts) == (dispatch.sounds[TOWNSHIP], "", 0)
    assert tally.recount(session, campaign.id) == []


def test_nobody_is_called_in_quiet_hours(session, launched, claim, now):
    """Noon in Shanghai is 04:00 UTC; the window of this county closes at 20:00."""
    factories.member(session, **BLIND)
    late = now + timedelta(days=2)
    hours = {"window_from": 480, "window_to": 1200, "send_before": late}
    campaign = launched(0, **BY_EAR, **hours)
    call_clips.attach(session, campaign.id, CLIPS, now)
    for hour in (8, 9, 15, 19):
        assert claim(campaign, at=now + timedelta(hours=hour)).messages == ()
    (call,) = claim(campaign, at=now + timedelta(hours=20, minutes=1)).messages
    assert call.channel is Channel.VOICE


def test_a_carrier_without_a_voice_gives_the_call_back(session, called, claim, ledger):
    campaign, *_ = called
    call_clips.attach(session, campaign.id, CLIPS, factories.NOW)
    ledger.channels = frozenset({Channel.SMS})
    outcomes = asyncio.run(carrying.carry(ledger, claim(campaign)))
    back = {out.state for out in outcomes if out.code == "channel"}
    assert (len(outcomes), back) == (2, {S.QUEUED})
    assert len(ledger.lines()) == 1


def draft(session, now, **given):
    factories.unit(session)
    factories.places(session)
    factories.member(session, **BLIND)
    facts = {
        "name": "电话",
        "version_id": factories.version(session, **given.pop("words", {})).id,
        "segment_id": factories.segment(session).id,
        "channels": ["sms", "voice"],
        "provider": "simulator",
        "by": 1,
        "now": now,
    }
    return drafting.draft_campaign(session, **{**facts, **given})


def test_what_calls_play_is_listened_to_before_the_release(session, now):
    campaign = draft(session, now)
    lifecycle.submit(session, campaign.id, by=1, now=now)
    told = {"by": 2, "content_hash": campaign.content_hash, "now": now}
    with pytest.raises(NotReady):
        lifecycle.release(session, campaign.id, **told)
    campaign.version.call_heard_by = "李老师"
    released = lifecycle.release(session, campaign.id, **told)
    assert released.approved_by == 2


@pytest.mark.parametrize(
    "given", [{"provider": "mas"}, {"words": {"spoken_text": " "}}]
)
def test_a_carrier_without_calls_or_a_text_without_sound_is_refused(
    session, now, given
):
    campaign = draft(session, now, **given)
    rule = lifecycle.Rule()
    assert obstacles(session, campaign, rule, now)
    drafting.change_campaign(session, campaign, {"channels": ["sms"]}, now=now)
    assert obstacles(session, campaign, rule, now) == []


def test_calls_go_beside_texts_and_never_alone(session, now):
    with pytest.raises(Refused):
        draft(session, now, channels=["voice"])
