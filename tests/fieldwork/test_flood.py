"""A flood at two in the morning, one officer, and a clock that moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factories
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from campaigns.delivery import launching, people, tally
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.people import settle
from campaigns.errors import NotAllowed, NotReady, Refused
from campaigns.fieldwork import alerting, visit_pages, visiting, visits
from campaigns.fieldwork.board import board
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result
from campaigns.planning import emergency
from campaigns.register.models import Place
from campaigns.register.scope import Scope
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    BulletinState,
    CampaignState,
    Category,
    Channel,
    Follows,
    MessageState,
    NeedKind,
    Urgency,
    VisitOutcome,
)

NIGHT = datetime(2026, 7, 14, 18, 0, tzinfo=UTC)
FUBAO, DAPING, XIAOHE = "510522112", "510522112201", "510522112202"
OFFICER, LEADER = 7, 8
S = MessageState


def after(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


@pytest.fixture
def flood(session):
    """福宝镇 has six people in two villages; the text is ready and was listened to."""
    factories.unit(session)
    factories.places(session)
    for code, phone in ((DAPING, "14000009001"), (XIAOHE, "14000009002")):
        session.get_one(Place, code).duty_phone = phone
    return factories.version(
        session, urgency=Urgency.EMERGENCY, heard_by="李老师", values={}
    )


@pytest.fixture
def them(session):
    """In the reverse of the order in which they must be told."""
    deaf_blind = Category.VISUAL.bit | Category.HEARING.bit
    made = {
        "rest": {},
        "alone": {"living_alone": True},
        "guarded": {
            "category": Category.INTELLECTUAL,
            "guardian_phone": "+8613900000009",
        },
        "deaf": {"category": Category.HEARING},
        "both": {"categories": deaf_blind, "village": XIAOHE},
        "nobody": {"phone": None, "village": XIAOHE},
        "elsewhere": {"township": "510522102", "village": "510522102201"},
    }
    return {name: factories.member(session, **given) for name, given in made.items()}


def released(session, version, now=NIGHT, typed="福宝镇"):
    return emergency.release_alone(
        session,
        version.id,
        FUBAO,
        typed,
        provider="simulator",
        by=OFFICER,
        now=now,
    )


def launched(session, campaign, now):
    assert launching.launch(session, campaign.id, now)
    alerting.begin(session, campaign.id, now)
    session.refresh(campaign)
    return campaign


def report(session, campaign, state):
    """Every text that went out comes back as ``state``."""
    moved = session.execute(
        update(Message)
        .where(Message.campaign_id == campaign.id, Message.state == S.QUEUED)
        .values(was=Message.state, was_reason=Message.reason, state=int(state))
        .returning(*tally.MOVED)
    )
    settle(session, moved.all())


def audience(session, campaign):
    found = select(Recipient.member_id).where(Recipient.campaign_id == campaign.id)
    return set(session.scalars(found))


def doors(session):
    return visit_pages.open_rows(session, Scope((FUBAO,)))


def test_the_first_hour(session, flood, them):
    campaign = launched(session, released(session, flood), NIGHT)
    assert campaign.status is CampaignState.RUNNING
    assert (campaign.approved_by, campaign.released_alone_by) == (None, OFFICER)
    inside = {one.id for name, one in them.items() if name != "elsewhere"}
    assert audience(session, campaign) == inside
    queued = session.scalars(
        select(Message)
        .where(Message.campaign_id == campaign.id, Message.state == S.QUEUED)
        .order_by(Message.due_at, Message.id)
    ).all()
    assert [it.channel for it in queued[:2]] == [Channel.ALERT, Channel.ALERT]
    told = [it.member_id for it in queued[2:]]
    first_time = list(dict.fromkeys(told))
    wanted = [them[name].id for name in ("deaf", "guarded", "alone", "rest")]
    assert first_time == wanted
    said = set(session.scalars(select(Announcement.alerted_at)))
    assert said == {NIGHT}, "villages are told before a clip is there"

    visits.open_visits(session, after(0.2))
    assert [row.member.id for row in doors(session)] == [
        them["both"].id,
        them["nobody"].id,
    ], "who cannot be told at all is on the door list at once"
    report(session, campaign, S.DELIVERED)
    seen = campaign_statistics(session, campaign.id)
    assert seen.reached == 0, "at night a delivery report wakes nobody"
    assert seen.outcome["to_visit"] == seen.audience == 6

    visits.open_visits(session, after(9.9))
    assert len(doors(session)) == 2
    visits.open_visits(session, after(10))
    listed = [row.member.id for row in doors(session)]
    assert set(listed) == inside
    assert listed[:2] == [them["both"].id, them["deaf"].id]
    assert listed[2] == them["guarded"].id
    assert max(row.visit.opened_at for row in doors(session)) <= after(10)
    assert visits.hear(session, after(11)) == 0, "only a person closes these"


def test_the_board_has_the_oldest_silence_on_top(session, flood, them):
    campaign = launched(session, released(session, flood), NIGHT)
    visits.open_visits(session, after(10))
    rows = board(session, campaign, Scope((FUBAO,)))
    assert [row.village for row in rows] == [DAPING, XIAOHE]
    visit = session.scalars(
        select(Visit).where(Visit.member_id == them["deaf"].id)
    ).one()
    car = Result(VisitOutcome.MET, needs=[(NeedKind.CAR, "轮椅")])
    visiting.record(session, visit, car, by=1, now=after(15))
    xiaohe, daping = board(session, campaign, Scope((FUBAO,)))
    assert (xiaohe.village, xiaohe.heard_at) == (XIAOHE, None)
    assert (daping.heard_at, daping.doors, daping.doors_done) == (after(15), 4, 1)
    assert (daping.people, daping.safe, daping.left, daping.cars) == (4, 1, 3, 1)
    for row in doors(session):
        if row.visit.village == XIAOHE:
            told = Result(VisitOutcome.MET)
            visiting.record(session, row.visit, told, by=1, now=after(12))
    below = board(session, campaign, Scope((FUBAO,)))
    assert [row.village for row in below] == [DAPING, XIAOHE], "nobody is left there"
    assert board(session, campaign, Scope(("510522102",))) == []


def test_the_second_wave_and_the_all_clear(session, flood, them):
    first = launched(session, released(session, flood), NIGHT)
    report(session, first, S.DELIVERED)
    people.answered(session, them["deaf"].id, after(3))
    clear = factories.version(
        session, urgency=Urgency.EMERGENCY, heard_by="李老师", spoken_text="警报解除。"
    )
    again = emergency.follow(
        session, first, Follows.SECOND_WAVE, flood.id, by=OFFICER, now=after(20)
    )
    launched(session, again, after(20))
    names = ("rest", "alone", "guarded", "both", "nobody")
    assert audience(session, again) == {them[name].id for name in names}
    over = emergency.follow(
        session, first, Follows.ALL_CLEAR, clear.id, by=OFFICER, now=after(300)
    )
    launched(session, over, after(300))
    told = ("rest", "alone", "guarded", "deaf")
    assert audience(session, over) == {them[name].id for name in told}
    assert audience(session, over) <= audience(session, first)


def test_a_standing_text_was_issued_in_advance_and_listened_to(session, flood):
    for given in (
        {"heard_by": None},
        {"urgency": Urgency.MUST_REACH},
        {"state": BulletinState.REVIEWED},
        {"valid_until": NIGHT.date() - timedelta(days=1)},
    ):
        other = factories.version(
            session, **{"urgency": Urgency.EMERGENCY, "heard_by": "李", **given}
        )
        with pytest.raises(NotReady):
            released(session, other)
    assert emergency.standing_texts(session, NIGHT) == [flood]


def test_a_standing_text_calls_where_somebody_listened_to_its_calls(session, flood):
    assert released(session, flood).channels == ["sms", "loudspeaker"]
    flood.call_heard_by = "李"
    other = factories.version(
        session,
        urgency=Urgency.EMERGENCY,
        heard_by="李",
        call_heard_by="李",
        sms_text="水来了，快走。",
    )
    assert released(session, other).channels == ["sms", "voice", "loudspeaker"]


@pytest.mark.usefixtures("them")
def test_the_townships_name_is_typed_and_nothing_goes_out_twice(session, flood):
    for typed in ("", "福宝", "白沙镇"):
        with pytest.raises(Refused):
            released(session, flood, typed=typed)
    launched(session, released(session, flood), NIGHT)
    with pytest.raises(Refused, match="不再重复发"):
        released(session, flood, now=after(5))


@pytest.mark.usefixtures("them")
def test_somebody_else_countersigns_within_twelve_hours(session, flood):
    campaign = released(session, flood)
    waiting = emergency.unsigned(session, after(719))
    assert [(it.campaign.id, it.late) for it in waiting] == [(campaign.id, False)]
    assert emergency.unsigned(session, after(721))[0].late
    with pytest.raises(NotAllowed):
        emergency.countersign(session, campaign.id, by=OFFICER, now=after(30))
    emergency.countersign(session, campaign.id, by=LEADER, now=after(30))
    assert emergency.unsigned(session, after(721)) == []
    with pytest.raises(NotReady):
        emergency.countersign(session, campaign.id, by=LEADER, now=after(31))
    campaign.countersigned_by = OFFICER
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()
