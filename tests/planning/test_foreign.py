"""What leaves the country waits for two people, wherever it would be used."""

from __future__ import annotations

import factories
import pytest

from audio import Script
from audio.voices import VOICES, voice
from campaigns.errors import CampaignError, NotAllowed, NotFound, NotReady, Refused
from campaigns.planning import foreign, lifecycle, standing
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState
from outreach import checking, recording
from outreach.routes import routes
from outreach.settings import Settings
from outreach.wiring import Wiring

NOW = factories.NOW
ADMINISTRATOR, COORDINATOR, MAKER, SECOND = 8, 9, 1, 2
DOCUMENT = "川网信出境〔2026〕1号"


def opened(session, route: str = "twilio"):
    made = foreign.propose(session, route, DOCUMENT, by=ADMINISTRATOR, now=NOW)
    return foreign.confirm(session, made.id, by=COORDINATOR, now=NOW)


def drafted(session, provider: str = "twilio") -> Campaign:
    factories.unit(session)
    factories.places(session)
    factories.member(session)
    return lifecycle.draft_campaign(
        session,
        name="x",
        version_id=factories.version(session).id,
        segment_id=factories.segment(session).id,
        channels=["sms"],
        provider=provider,
        by=MAKER,
        now=NOW,
    )


def test_over_a_closed_route_nothing_is_submitted_released_or_sent(session, database):
    made = drafted(session)
    with pytest.raises(NotReady, match="Twilio 短信和电话 会把号码或文字送到境外"):
        lifecycle.submit(session, made.id, by=MAKER, now=NOW)
    route = opened(session)
    lifecycle.submit(session, made.id, by=MAKER, now=NOW)
    foreign.close(session, route.id, by=COORDINATOR, now=NOW)
    with pytest.raises(NotReady, match="境外线路"):
        lifecycle.release(
            session, made.id, by=SECOND, content_hash=made.content_hash, now=NOW
        )
    wiring = Wiring(Settings(_env_file=None), database)
    with pytest.raises(NotReady, match="送到境外"):
        routes(wiring, session, made.id)
    assert wiring.providers == {}, "not even made"


def test_what_runs_over_it_is_paused_when_it_is_closed(session):
    route = opened(session)
    running = factories.campaign(session, provider="twilio")
    other = factories.campaign(session, version_id=running.version_id)
    assert foreign.close(session, route.id, by=COORDINATOR, now=NOW) == [running.id]
    session.expire_all()
    assert (running.status, running.moved_by) == (CampaignState.PAUSED, COORDINATOR)
    assert other.status is CampaignState.RUNNING


def test_a_check_names_the_closed_routes_that_something_needs(session):
    """Those set up for use, and those over which campaigns wait; no others."""
    plain = Settings(_env_file=None, provider="simulator", voice_order="tone")
    assert list(checking._abroad(session, plain)) == []
    made = drafted(session)
    assert foreign.stopped(session) == {}, "a draft needs no route yet"
    made.status = CampaignState.PAUSED
    session.flush()
    assert foreign.stopped(session) == {"twilio": 1}
    (part,) = checking._abroad(session, plain)
    assert (part.level, part.values["n"]) == ("warn", 1)
    assert "个任务发不出去" in part.says
    assert "境外线路" in part.mend
    speaking = plain.model_copy(update={"voice_order": "tone,google"})
    named = [one.values["name"] for one in checking._abroad(session, speaking)]
    assert named == ["Twilio 短信和电话", "谷歌语音"]
    opened(session)
    sending = plain.model_copy(update={"second_provider": "twilio"})
    assert list(checking._abroad(session, sending)) == []
    assert foreign.stopped(session) == {}


def test_one_person_opens_nothing(session):
    made = foreign.propose(session, "twilio", DOCUMENT, by=ADMINISTRATOR, now=NOW)
    with pytest.raises(NotAllowed):
        foreign.confirm(session, made.id, by=ADMINISTRATOR, now=NOW)
    assert foreign.refusal(session, "twilio") is not None
    foreign.confirm(session, made.id, by=COORDINATOR, now=NOW)
    assert foreign.refusal(session, "twilio") is None
    assert foreign.refusal(session, "google") is not None, "each route by itself"
    with pytest.raises(NotReady):
        foreign.confirm(session, made.id, by=COORDINATOR, now=NOW)


@pytest.mark.parametrize(
    ("route", "document", "error"),
    [("twilio", " ", Refused), ("twilio", "字" * 61, Refused), ("mas", "x1", NotFound)],
)
def test_an_opening_names_a_route_and_a_document(session, route, document, error):
    with pytest.raises(error):
        foreign.propose(session, route, document, by=ADMINISTRATOR, now=NOW)


def test_a_route_is_proposed_once_and_again_after_it_was_closed(session):
    first = opened(session)
    with pytest.raises(Refused):
        opened(session)
    foreign.close(session, first.id, by=COORDINATOR, now=NOW)
    with pytest.raises(NotFound):
        foreign.close(session, first.id, by=COORDINATOR, now=NOW)
    assert opened(session).id != first.id
    assert [one.id for one in foreign.past(session)] == [first.id]


def test_inside_the_country_nothing_is_asked(session):
    made = drafted(session, provider="mas")
    faults = standing.obstacles(session, made, lifecycle.Rule(), NOW)
    assert not any("境外" in str(fault) for fault in faults)
    assert foreign.refusal(session, "kokoro") is None


def test_a_voice_abroad_hears_no_word_before_it_is_open(database, tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path, voice_order="tone,google")
    wiring = Wiring(settings, database)
    asked = Script(text="请开窗。", voice="google", repeats=1)
    with pytest.raises(CampaignError, match="谷歌语音 会把号码或文字送到境外"):
        recording.clip_of(wiring, asked)
    helped = recording.open_studio(settings, ["google"])
    assert helped.voices == ("tone",), "nor as a fall-back"
    own = Script(text="请开窗。", voice="tone", repeats=1)
    made = recording.clip_of(wiring, own)
    assert recording.clip_of(wiring, own).fingerprint == made.fingerprint


def test_every_voice_that_says_it_is_abroad_is_a_route():
    abroad = {name for name in VOICES if voice(name).foreign}
    assert abroad
    assert abroad <= {*foreign.ROUTES}
