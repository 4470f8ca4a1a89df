"""A second provider carries what the first certainly did not take, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import factories
import pytest
from delivery.ledger import Ledger
from sqlalchemy import select

from campaigns.delivery import launching, tally
from campaigns.delivery.history import Step, history
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.provider import UNREACHABLE, Limits, NotAccepted
from campaigns.vocabulary import CampaignState, MessageState
from outreach import lanes
from outreach.routes import routes
from outreach.settings import Settings
from outreach.wiring import Wiring

PEOPLE = 40
S = MessageState


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def broken(_):
    raise NotAccepted("HTTP 401", code="20003", broken=True)


def lost(_):
    raise TimeoutError


def unreachable(_):
    raise NotAccepted("no connection", code=UNREACHABLE, throttled=True)


@pytest.fixture
def wiring(database, now, tmp_path):
    settings = Settings(
        data_dir=tmp_path, token_key="ab" * 32, second_provider="yixintong", lanes=1
    )
    made = Wiring(settings, database, Clock(now))
    for name in ("mas", "yixintong"):
        made.providers[name] = Ledger(tmp_path / name)
    return made


def launched(wiring, **given):
    facts = {"provider": "mas", "status": CampaignState.APPROVED, **given}
    with wiring.database.writing() as session:
        factories.unit(session)
        factories.places(session)
        for _ in range(PEOPLE):
            factories.member(session)
        made = factories.campaign(session, **facts)
        assert launching.launch(session, made.id, wiring.clock())
        return made.id


def serve(wiring, campaign, rounds=6):
    for _ in range(rounds):
        lanes.send(wiring, campaign, seconds=0.3)
        wiring.clock.now += timedelta(seconds=8)


def sent(wiring):
    return {name: len(ledger.lines()) for name, ledger in wiring.providers.items()}


def messages(wiring, campaign):
    with wiring.database.reading() as session:
        assert tally.recount(session, campaign) == []
        mine = Message.campaign_id == campaign
        return list(session.scalars(select(Message).where(mine)))


def test_while_the_first_works_the_second_gets_nothing(wiring):
    campaign = launched(wiring)
    serve(wiring, campaign)
    assert sent(wiring) == {"mas": PEOPLE, "yixintong": 0}


def test_an_open_breaker_sends_the_rest_another_way_and_it_is_on_record(wiring):
    wiring.providers["mas"].before = broken
    campaign = launched(wiring)
    serve(wiring, campaign)
    assert sent(wiring) == {"mas": 0, "yixintong": PEOPLE}
    kept = messages(wiring, campaign)
    assert {(m.state, m.provider) for m in kept} == {(S.ACCEPTED, "yixintong")}
    with wiring.database.reading() as session:
        tries = Counter(a.provider for a in session.scalars(select(Attempt)))
        assert set(tries) == {"mas"}
        tried = session.scalars(select(Attempt.message_id)).first()
        told = [(e.step, e.provider) for e in history(session, tried)]
    assert (Step.TRIED, "mas") in told
    assert (Step.ACCEPTED, "yixintong") in told


def test_a_carrier_that_cannot_be_reached_is_left_for_the_second(wiring):
    wiring.providers["mas"].before = unreachable
    campaign = launched(wiring)
    serve(wiring, campaign)
    assert sent(wiring) == {"mas": 0, "yixintong": PEOPLE}
    assert {m.state for m in messages(wiring, campaign)} == {S.ACCEPTED}


def test_a_carrier_that_never_answers_keeps_what_it_has_and_gets_no_more(wiring):
    first = wiring.providers["mas"]
    first.limits = Limits(per_second=100_000, in_flight=8)
    first.after = lost
    campaign = launched(wiring)
    # It ends when nothing is due any more.
    lanes.send(wiring, campaign, seconds=60)
    states = Counter(m.state for m in messages(wiring, campaign))
    assert states == {S.IN_DOUBT: 8, S.ACCEPTED: PEOPLE - 8}
    assert sent(wiring) == {"mas": 8, "yixintong": PEOPLE - 8}


def test_a_carrier_that_is_well_again_is_tried_with_one_message(wiring, monkeypatch):
    monkeypatch.setattr(lanes, "LONGEST_NAP", 0.05)
    first = wiring.providers["mas"]
    first.limits = Limits(per_second=100_000, in_flight=8)
    first.after = lost
    wiring.settings = wiring.settings.model_copy(update={"second_provider": ""})
    campaign = launched(wiring)
    serve(wiring, campaign)
    assert 8 <= len(first.lines()) <= 10
    first.after = lambda _: None
    wiring.clock.now += timedelta(minutes=2)
    lanes.send(wiring, campaign, seconds=60)
    states = Counter(m.state for m in messages(wiring, campaign))
    assert set(states) == {S.IN_DOUBT, S.ACCEPTED}
    assert states[S.IN_DOUBT] <= 10


def test_what_is_in_doubt_at_the_first_is_not_sent_by_the_second(wiring):
    first, calls = wiring.providers["mas"], []

    def sometimes(outgoing):
        calls.append(outgoing.message_id)
        (lost if len(calls) <= 10 else broken)(outgoing)

    first.before = sometimes
    campaign = launched(wiring)
    serve(wiring, campaign)
    states = Counter(m.state for m in messages(wiring, campaign))
    assert states == {S.IN_DOUBT: 10, S.ACCEPTED: PEOPLE - 10}
    assert sent(wiring)["yixintong"] == PEOPLE - 10


def test_nobody_is_written_to_in_earnest_because_a_practice_failed(wiring, tmp_path):
    practice = Ledger(tmp_path / "practice")
    practice.before = broken
    wiring.providers["simulator"] = practice
    campaign = launched(wiring, provider="simulator")
    serve(wiring, campaign, rounds=3)
    assert sent(wiring)["yixintong"] == 0
    assert {m.state for m in messages(wiring, campaign)} == {S.QUEUED}


def test_a_second_that_would_refuse_the_text_is_left_out(wiring):
    with wiring.database.writing() as session:
        version = factories.version(session, sms_text="今天多喝水😀。")
    campaign = launched(wiring, version_id=version.id)
    with wiring.database.reading() as session:
        roads = routes(wiring, session, campaign)
    assert [road.dispatch.provider for road in roads] == ["mas"]


def test_a_second_that_is_not_set_up_is_left_out(wiring):
    wiring.providers.pop("yixintong")
    campaign = launched(wiring)
    with wiring.database.reading() as session:
        roads = routes(wiring, session, campaign)
    assert [road.dispatch.provider for road in roads] == ["mas"]
