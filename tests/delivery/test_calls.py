"""Calls wait for their clip, keep the window, and go to who is better told by ear."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import (
    call_clips,
    carrying,
    claiming,
    finishing,
    receipts,
    tally,
)
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Report
from campaigns.delivery.token import mint
from campaigns.errors import NotReady, Refused
from campaigns.planning import drafting, lifecycle
from campaigns.planning.forecast import forecast
from campaigns.planning.standing import obstacles
from campaigns.reporting import contacts
from campaigns.reporting.paragraph import paragraph
from campaigns.reporting.people import People
from campaigns.reporting.statistics import campaign_statistics
from campaigns.reporting.tables import tables
from campaigns.vocabulary import Category, Channel, MessageState, Urgency
from outreach.providers.twilio_codes import called as called_as

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
    # A call that begins at 19:54 may still ring, or speak, at 20:00.
    assert claim(campaign, at=now + timedelta(hours=7, minutes=54)).messages == ()
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


HUMAN, MACHINE = ("", "human", ""), ("", "machine_start", "")
KEY, END, BUSY = ("in-progress", "", "1"), ("completed", "", ""), ("busy", "", "")


def report(session, call, *told):
    """The carrier tells this, and it is applied at once."""
    state, reason = called_as(*told)
    token = mint(b"s" * 32, call.campaign_id, call.id, call.attempt)
    said = Report("simulator", token, "CA1", " ".join(told), state, told, reason=reason)
    receipts.store(session, [said], signer=b"s" * 32, now=factories.NOW)
    receipts.apply(session, factories.NOW)


@pytest.mark.parametrize(
    ("told", "kind", "evidence"),
    [
        ((HUMAN, END), "delivered_suitable", 0),
        ((HUMAN, KEY, END), "contacted", 1),
        ((KEY, HUMAN, END), "contacted", 1),
        ((END, KEY), "contacted", 1),
        ((MACHINE, END), "to_visit", 0),
        ((BUSY,), "to_visit", 0),
        ((END,), "waiting", 0),
    ],
)
def test_a_person_was_told_a_mailbox_was_not_and_a_key_is_evidence(
    session, called, send, now, told, kind, evidence
):
    campaign, *_ = called
    call_clips.attach(session, campaign.id, CLIPS, now)
    send(campaign)
    (call,) = rows(session, Channel.VOICE)
    for each in told:
        report(session, call, *each)
    seen = campaign_statistics(session, campaign.id)
    assert seen.by_category[Category.VISUAL] == People(**{kind: 1})
    met = contacts.contacted(session, "510522", now)
    assert sum(met.values()) == evidence
    pressed = int(kind == "contacted")
    assert (seen.called, seen.pressed) == (1, pressed)
    assert seen.answered == int(kind in {"delivered_suitable", "contacted"})
    table = tables(seen, {})["calls"]
    assert sum(row[2] for row in table.rows) == table.total[2] == 1
    assert "语音电话打出 1 个" in paragraph(seen)
    assert tally.recount(session, campaign.id) == []


def test_on_a_shared_phone_a_key_does_not_say_who_it_was(session, launched, send, now):
    phone = {"phone": "+8614100000950", **BLIND}
    for _ in range(2):
        factories.member(session, **phone)
    campaign = launched(0, **BY_EAR)
    call_clips.attach(session, campaign.id, CLIPS, now)
    send(campaign)
    report(session, rows(session, Channel.VOICE)[0], *KEY)
    seen = campaign_statistics(session, campaign.id)
    assert seen.everybody == People(delivered_suitable=2)
    assert contacts.contacted(session, "510522", now) == {}


def test_at_night_an_emergency_counts_the_key_and_not_the_ringing(
    session, launched, send, now
):
    people = [factories.member(session, **BLIND) for _ in range(2)]
    urgent = {"channels": ["sms", "voice"], "urgency": Urgency.EMERGENCY}
    campaign = launched(0, **urgent)
    campaign.launched_at = now + timedelta(hours=14)
    call_clips.attach(session, campaign.id, CLIPS, now)
    send(campaign)
    calls = {call.member_id: call for call in rows(session, Channel.VOICE)}
    for person, told in zip(people, (HUMAN, KEY), strict=True):
        report(session, calls[person.id], *told)
    seen = campaign_statistics(session, campaign.id)
    assert seen.everybody == People(contacted=1, to_visit=1)


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
