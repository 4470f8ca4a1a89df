"""Silence climbs: the second duty person, then the township; a wrong clip is told."""

from __future__ import annotations

import io
from datetime import date, timedelta

import factories
import openpyxl
import pytest
from sqlalchemy import func, select

from campaigns import privacy
from campaigns.delivery import claiming
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Limits
from campaigns.errors import NotReady, Refused
from campaigns.fieldwork import announcements, deeds, ladder, signing
from campaigns.fieldwork.alerting import alert, begin
from campaigns.fieldwork.board import leaders_told
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.village_pages import play_log
from campaigns.register.models import Place
from campaigns.reporting.play_log import write_play_log
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    MessageState,
    Urgency,
)

NOW = factories.NOW
TODAY = date(2026, 11, 23)
COUNTY, FUBAO, BAISHA = "510522", "510522112", "510522102"
DAPING, XIAOHE = "510522112201", "510522112202"
FIRST, SECOND = "+8614000000001", "+8614000000002"
FACTS = {"seconds": 61.5, "lufs": -16.1}


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)
    daping = session.get_one(Place, DAPING)
    daping.duty_phone, daping.second_phone = FIRST, SECOND
    session.get_one(Place, XIAOHE).duty_phone = "+8614000000003"
    session.flush()


def told(session, urgency=Urgency.EMERGENCY):
    made = factories.campaign(
        session, channels=["sms", "loudspeaker"], urgency=urgency, launched_at=NOW
    )
    announcements.prepare(session, made.id, NOW)
    for township in (FUBAO, BAISHA):
        announcements.attach_clip(session, made.id, township, "a" * 64, FACTS, NOW)
    assert alert(session, made.id, NOW).queued == 2
    return made


def of(session, village):
    query = select(Announcement).where(Announcement.village == village)
    return session.scalars(query.order_by(Announcement.id.desc())).first()


def says(session, phone, text, when=NOW):
    return ladder.answer(session, privacy.blind("phone", phone), text, when)


def alerts(session):
    texts = select(func.count()).where(Message.channel == Channel.ALERT)
    return session.scalar(texts)


@pytest.mark.parametrize(
    ("urgency", "minutes"),
    [(Urgency.EMERGENCY, 5), (Urgency.MUST_REACH, 30), (Urgency.TIP, 120)],
)
def test_silence_goes_to_the_second_person_and_then_to_the_township(
    session, urgency, minutes
):
    told(session, urgency)
    wait = timedelta(minutes=minutes)
    soon = ladder.climb(session, NOW + wait - timedelta(seconds=1))
    assert soon == ladder.Climbed(0, ())
    once = ladder.climb(session, NOW + wait)
    assert once == ladder.Climbed(1, (XIAOHE,))
    assert ladder.climb(session, NOW + wait) == ladder.Climbed(0, ())
    assert alerts(session) == 3
    assert ladder.climb(session, NOW + wait * 2).to_ring == (DAPING,)
    ring = ladder.to_ring(session, [FUBAO])
    assert [name for _, name in ring] == ["大坪村", "小河村"]
    assert ladder.to_ring(session, [BAISHA]) == []


def test_received_ends_the_ladder_and_cannot_climbs_at_once(session):
    told(session)
    assert says(session, FIRST, " １。").answer == "received"
    assert says(session, "+8614000000003", "2").answer == "cannot"
    assert ladder.climb(session, NOW).to_ring == (XIAOHE,)
    later = ladder.climb(session, NOW + timedelta(hours=9))
    assert later == ladder.Climbed(0, ())
    deeds_ = session.scalars(select(AnnouncementLog.deed)).all()
    assert sorted(deeds_) == ["answered_cannot", "answered_received"]


def test_a_strangers_answer_and_other_words_are_nothing(session):
    told(session)
    assert says(session, "+8614000009999", "1") is None
    assert says(session, FIRST, "好的") is None


def test_the_second_persons_answer_counts(session):
    told(session)
    ladder.climb(session, NOW + timedelta(minutes=5))
    assert says(session, SECOND, "1").village == DAPING


def test_who_downloads_has_answered(session):
    told(session)
    deeds.record_download(session, of(session, DAPING).id, way="link", now=NOW)
    assert DAPING not in ladder.climb(session, NOW + timedelta(hours=1)).to_ring


def test_played_first_and_signed_later_by_village_and_township(session):
    told(session)
    key = of(session, DAPING).id
    with pytest.raises(NotReady):
        signing.sign_in_village(session, key, "村主任", now=NOW)
    deeds.record_played(session, key, Play(TODAY, ("07:30",)), way="phone", now=NOW)
    with pytest.raises(Refused):
        signing.sign_in_village(session, key, " ", now=NOW)
    day = timedelta(hours=24)
    [waiting] = signing.unsigned(session, [FUBAO], NOW + day)
    assert (waiting.name, waiting.by_village, waiting.late) == ("大坪村", None, False)
    assert signing.unsigned(session, [FUBAO], NOW + day * 2)[0].late
    signing.sign_in_village(session, key, "村主任", now=NOW)
    assert signing.unsigned(session, [FUBAO], NOW)[0].by_village == "村主任"
    deeds.sign_off(session, [key], by=7, now=NOW)
    assert signing.unsigned(session, [FUBAO], NOW) == []


def test_a_withdrawn_clip_is_told_to_every_village_that_has_it(session):
    made = told(session)
    for village in (DAPING, XIAOHE):
        key = of(session, village).id
        deeds.record_download(session, key, way="link", now=NOW)
    named = announcements.withdraw(session, made.id, reason="电话念错了", by=1, now=NOW)
    assert [it.name for it in named] == ["大坪村", "小河村"]
    announcements.told_of_withdrawal(session, named[0].announcement_id, now=NOW)
    assert [it.name for it in announcements.to_tell(session, made.id)] == ["小河村"]


def test_the_play_log_is_the_form_that_inspectors_ask_for(session):
    told(session)
    key = of(session, DAPING).id
    for slots in (("07:30",), ("07:30", "11:50")):
        play = Play(TODAY, slots, means="microphone")
        deeds.record_played(session, key, play, way="paper", actor="=值班", now=NOW)
    deeds.record_missed(session, of(session, XIAOHE).id, "power", way="link", now=NOW)
    rows = play_log(session, [COUNTY], NOW, NOW + timedelta(days=1))
    file = io.BytesIO()
    write_play_log(rows, file, unit="合江县", since=TODAY, until=TODAY)
    sheet = openpyxl.load_workbook(file)["播出登记表"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert found[0][:6] == ["日期", "时段", "序号", "乡镇", "村", "节目名称"]
    assert [row[:5] for row in found[1:4]] == [
        ["2026-11-23", "07:30", 1, "福宝镇", "大坪村"],
        ["2026-11-23", "11:50", 2, "福宝镇", "大坪村"],
        ["2026-11-23", "", 3, "福宝镇", "小河村"],
    ]
    assert (found[1][8], found[1][9], found[1][11]) == (62, 2, "话筒")
    assert found[1][13] == "=值班"
    assert sheet.cell(4, 14).data_type == "s"
    assert (found[3][9], found[3][15]) == (0, "停电")
    assert (found[4][0], found[4][1], found[4][9]) == ("合计", 2, 4)
    assert sheet.page_setup.orientation == "landscape"


LEADER, DEPUTY = "+8614000000008", "+8614000000009"


def put_on_call(session):
    session.get_one(Place, FUBAO).duty_phone = DEPUTY
    session.get_one(Place, COUNTY).duty_phone = LEADER
    session.flush()


def to_leaders(session):
    told = select(Message.village, Message.township, Message.phone_index).where(
        Message.addressee == Addressee.LEADER
    )
    rows = session.execute(told.order_by(Message.village)).all()
    return {village: (township, index) for village, township, index in rows}


def test_whoever_is_on_call_is_told_once_that_a_village_stays_silent(session):
    campaign = told(session)
    put_on_call(session)
    campaign.status = CampaignState.FINISHED
    later = NOW + timedelta(minutes=5)
    assert ladder.climb(session, later).queued == 3
    index = {phone: privacy.blind("phone", phone) for phone in (LEADER, DEPUTY)}
    both = {FUBAO: (FUBAO, index[DEPUTY]), COUNTY: (FUBAO, index[LEADER])}
    assert to_leaders(session) == both
    assert campaign.status is CampaignState.RUNNING, "or nobody would send them"
    assert ladder.climb(session, later + timedelta(minutes=5)).queued == 0
    assert to_leaders(session) == both
    assert says(session, LEADER, "1") is None, "a leader answers for no village"
    batch = claiming.claim(
        session,
        Dispatch.of(session, campaign.id),
        20,
        later,
        signer=b"s" * 32,
        limits=Limits(per_second=100),
    )
    texts = {out.phone: out.text for out in batch.messages}
    assert "福宝镇有村还没联系上：高温防暑" in texts[LEADER]
    assert texts[LEADER] == texts[DEPUTY]
    assert "大坪村有一条广播要播" in texts[FIRST]
    assert leaders_told(session, campaign) == [
        ("合江县", MessageState.SUBMITTING),
        ("福宝镇", MessageState.SUBMITTING),
    ]


@pytest.mark.parametrize("urgency", [Urgency.MUST_REACH, Urgency.TIP])
def test_nobody_is_woken_for_less_than_an_emergency(session, urgency):
    put_on_call(session)
    told(session, urgency)
    ladder.climb(session, NOW + timedelta(days=1))
    assert to_leaders(session) == {}


def test_a_village_without_a_duty_phone_is_silent_from_the_first_minute(session):
    put_on_call(session)
    session.get_one(Place, XIAOHE).duty_phone = None
    made = factories.campaign(
        session,
        channels=["sms", "loudspeaker"],
        urgency=Urgency.EMERGENCY,
        launched_at=NOW,
    )
    begin(session, made.id, NOW)
    assert set(to_leaders(session)) == {FUBAO, COUNTY}, "白沙镇 has nobody on call"
