"""A campaign that calls: chosen, recorded, listened to, released, and fetched."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import factories
import pytest
import soundfile
import stages
from sqlalchemy import select, update

from campaigns.audience import segments
from campaigns.delivery import tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.errors import NotFound, NotReady
from campaigns.planning.models import Campaign
from campaigns.register.models import Unit
from campaigns.vocabulary import (
    CampaignState,
    Category,
    Channel,
    MessageState,
    Reason,
)
from outreach import call_sound, previews, providers
from outreach.call_recording import record_calls
from outreach.settings import Settings

KEY, CLIP = b"k" * 32, "5e" * 32
LAST = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def office(app, writing, visit):
    """A submitted campaign that calls, its second person, and its page."""
    with writing() as session:
        stages.people(session)
        version = stages.version(session, valid_until=stages.FAR, voice="tone")
        segment = segments.make_standard_segments(session, factories.NOW)[0]
        session.execute(update(Unit).values(hold_seconds=0))
        told = {
            "version_id": version.id,
            "segment_id": segment.id,
            "channels": ["sms", "voice"],
            "provider": "simulator",
            "when": "now",
            "name": "高温提醒",
        }
    maker = visit("xian")
    page = maker.send("/planning/new", **told).location
    maker.send(page, f"{page}/submit")
    return app.extensions["outreach"], visit("shenpi"), page, told


def campaign(writing) -> Campaign:
    with writing() as session:
        return session.scalars(select(Campaign)).one()


def test_a_campaign_calls_once_its_clip_was_recorded_and_heard(office, writing, visit):
    wiring, second, page, told = office
    text = second.read(f"{page}/approve")
    seen = re.search(r'name="content_hash" value="([^"]*)"', text)[1]
    press = {"content_hash": seen, "read": "1", "heard_by": "李老师"}
    assert re.search("给 ([0-9]+) 人打语音电话", text)[1] == "8"
    assert second.send(f"{page}/approve", **press).status_code == 422
    previews.record(wiring, told["version_id"], "510522102", calls=True)
    text = second.read(f"{page}/approve")
    sound = re.search(r'src="([^"]*calls=1)" aria-label="试听电话录音"', text)[1]
    with second.client.get(sound.replace("&amp;", "&")) as heard:
        assert soundfile.info(BytesIO(heard.data)).samplerate == 8000
    writer = visit("xian")
    assert "不能自己审核" in writer.client.get(
        writer.send(page, f"{page}/heard", heard_by="自己").location
    ).get_data(as_text=True)
    unnamed = {**press, "heard_by": ""}
    assert second.send(f"{page}/approve", **unnamed).status_code == 422
    assert second.send(f"{page}/approve", **press).location == page
    made = campaign(writing)
    assert made.status is CampaignState.APPROVED
    with writing() as session:
        assert session.get_one(Campaign, made.id).version.call_heard_by == "李老师"


def test_the_carrier_fetches_one_clip_a_township_and_nothing_else(office, writing):
    wiring, visitor, page, told = office
    with writing() as session:
        made = stages.launched(
            session, version_id=told["version_id"], channels=["sms", "voice"]
        )
    assert record_calls(wiring, made.id)
    assert not record_calls(wiring, made.id)
    with writing() as session:
        found = session.get_one(Campaign, made.id)
        sounds = call_sound.addresses(wiring, found, "twilio")
        voice = select(Message).where(Message.channel == Channel.VOICE)
        calls = session.scalars(voice).all()
    assert sounds.keys() == {call.township for call in calls}
    assert {call.due_at for call in calls} == {found.calls_ready_at}
    address = urlsplit(next(iter(sounds.values()))).path
    with visitor.client.get(address) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
        sound = soundfile.info(BytesIO(answer.data))
    assert (sound.samplerate, sound.channels, sound.subtype) == (8000, 1, "PCM_16")
    assert visitor.client.get(address.replace("/calls/", "/calls/a")).status_code == 404
    unknown = call_sound.mint(wiring.signer, CLIP, found.send_before)
    assert visitor.client.get(f"/calls/{unknown}.wav").status_code == 404
    the_pages_tell_of_calls(visitor, writing, found.id, calls[0])
    visitor.send(page, f"{page}/heard", heard_by="王主任")
    assert "记下了：王主任 听过。" in visitor.read(page)
    with writing() as session:
        assert session.get_one(Campaign, 1).version.call_heard_by == "王主任"


def the_pages_tell_of_calls(visitor, writing, campaign_id, call):
    """One is answered and confirmed; pages, lists and files say so."""
    with writing() as session:
        moved = session.execute(
            update(Message)
            .where(Message.id == call.id)
            .values(was=Message.state, state=MessageState.DELIVERED, reason=Reason.MET)
            .returning(*tally.MOVED)
        ).all()
        settle(session, moved)
    at = f"/delivery/{campaign_id}"
    assert "打出 1 个，由人接听 1 个，按键确认听到 1 个" in visitor.read(at)
    listed = visitor.read(f"{at}/messages?channel=voice&reason=met")
    assert "语音电话" in listed
    assert "本页 1 行" in listed
    assert "语音电话" in visitor.read(f"/delivery/messages/{call.id}")
    report = visitor.read(f"/reporting/campaigns/{campaign_id}")
    assert "语音电话打出 1 个，有人接听 1 个，按键确认听到 1 个" in report
    assert 'id="calls"' in report
    assert "语音电话" in visitor.read(f"/register/{call.member_id}")


def test_an_address_ends_and_cannot_be_made_up():
    name = call_sound.mint(KEY, CLIP, LAST)
    assert call_sound.read(KEY, name, LAST) == CLIP
    with pytest.raises(NotReady):
        call_sound.read(KEY, name, LAST + timedelta(seconds=1))
    other = call_sound.mint(KEY, CLIP, LAST + timedelta(days=1))
    for forged in ("", "é", other[:-24] + name[-24:], name[:-1], "a" * len(name)):
        with pytest.raises(NotFound):
            call_sound.read(KEY, forged, LAST)
    with pytest.raises(NotFound):
        call_sound.read(b"x" * 32, name, LAST)


@pytest.mark.parametrize(
    ("name", "given", "calls"),
    [
        ("simulator", {}, True),
        ("twilio", {"public_url": "https://x.example"}, True),
        ("twilio", {}, False),
        (
            "twilio",
            {"public_url": "https://x.example", "twilio_sender": "MG" + "1" * 32},
            False,
        ),
        ("mas", {"public_url": "https://x.example"}, False),
        ("portal_file", {"public_url": "https://x.example"}, False),
    ],
)
def test_without_a_voice_or_an_address_a_person_calls(name, given, calls):
    why = providers.mute(name, Settings(_env_file=None, **given))
    assert (why is None) is calls
    assert calls or "电话单" in str(why)


def test_a_person_and_a_segment_are_told_by_the_way_that_is_there(
    app, writing, visit, monkeypatch
):
    with writing() as session:
        stages.version(session, valid_until=stages.FAR)
        blind = factories.member(session, category=Category.VISUAL, grade=4).id
    reader = visit("xian")
    assert "打语音电话给本人" in reader.read(f"/register/{blind}")
    settings = app.extensions["outreach"].settings
    changed = settings.model_copy(update={"provider": "mas"})
    monkeypatch.setattr(app.extensions["outreach"], "settings", changed)
    text = reader.read(f"/register/{blind}")
    assert "打语音电话给本人" not in text
    assert "发短信给本人" in text
    form = reader.read("/planning/new")
    assert "不能打语音电话。看不了短信的人请照走访台账的电话单打。" in form


def test_a_carrier_that_cannot_call_is_refused_on_the_form(office, visit, monkeypatch):
    *_, told = office
    monkeypatch.setattr("outreach.web.campaign_form.lacking", lambda *_: None)
    answer = visit("xian").send("/planning/new", **{**told, "provider": "portal_file"})
    assert answer.status_code == 422
    assert "不能打语音电话" in answer.get_data(as_text=True)
