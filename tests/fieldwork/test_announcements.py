from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import tally
from campaigns.delivery.models import Message
from campaigns.errors import NotFound, NotReady, Refused
from campaigns.fieldwork import announcements, deeds
from campaigns.fieldwork.alerting import alert
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.side_by_side import side_by_side
from campaigns.fieldwork.village_pages import for_places, for_village, play_log
from campaigns.register.models import Place
from campaigns.vocabulary import AnnouncementState, Channel, MissedReason

NOW = factories.NOW
TODAY = date(2026, 11, 23)
FUBAO, BAISHA = "510522112", "510522102"
DAPING, XIAOHE, LUGAO = "510522112201", "510522112202", "510522102201"
FACTS = {"seconds": 61.5, "lufs": -16.1}


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


@pytest.fixture
def campaign(session):
    version = factories.version(session, spoken_text="${township}${village}天热。")
    return factories.campaign(
        session, channels=["sms", "loudspeaker"], version_id=version.id
    )


def of(session, village):
    return session.scalars(
        select(Announcement).where(Announcement.village == village)
    ).one()


def ready(session, campaign):
    announcements.prepare(session, campaign.id, NOW)
    announcements.attach_clip(session, campaign.id, FUBAO, "a" * 64, FACTS, NOW)
    return of(session, DAPING)


def duty(session, village, **phones):
    place = session.get_one(Place, village)
    for column, phone in phones.items():
        setattr(place, column, phone)
    session.flush()


def test_every_village_of_the_county_gets_one_and_only_one(session, campaign):
    assert announcements.prepare(session, campaign.id, NOW) == 4
    assert announcements.prepare(session, campaign.id, NOW) == 0
    found = session.scalars(select(Announcement.village)).all()
    assert len(set(found)) == len(found) == 4


def test_a_rule_with_places_is_heard_there_alone(session):
    campaign = factories.campaign(
        session, channels=["loudspeaker"], rule={"villages": [LUGAO]}
    )
    announcements.prepare(session, campaign.id, NOW)
    assert of(session, LUGAO).township == BAISHA
    assert len(for_places(session, [])) == 1


def test_a_rule_without_villages_leaves_nothing_to_record(session):
    campaign = factories.campaign(
        session, channels=["loudspeaker"], rule={"villages": ["510522112299"]}
    )
    assert announcements.prepare(session, campaign.id, NOW) == 0
    session.refresh(campaign)
    assert campaign.recorded_at == NOW


def test_texts_alone_are_not_announced(session):
    campaign = factories.campaign(session, channels=["sms"])
    assert announcements.prepare(session, campaign.id, NOW) == 0


def test_a_clip_goes_to_the_villages_of_its_township(session, campaign):
    announcements.prepare(session, campaign.id, NOW)
    missing = announcements.townships_without_clip(session, campaign.id)
    assert missing == [BAISHA, FUBAO]
    given = announcements.attach_clip(session, campaign.id, FUBAO, "a" * 64, FACTS, NOW)
    assert given == 2
    assert announcements.townships_without_clip(session, campaign.id) == [BAISHA]
    session.refresh(campaign)
    assert campaign.recorded_at is None
    announcements.attach_clip(session, campaign.id, BAISHA, "b" * 64, FACTS, NOW)
    session.refresh(campaign)
    assert campaign.recorded_at == NOW


def test_a_village_that_downloaded_a_clip_keeps_it(session, campaign):
    announcement = ready(session, campaign)
    deeds.record_download(session, announcement.id, way="link", now=NOW)
    given = announcements.attach_clip(session, campaign.id, FUBAO, "c" * 64, FACTS, NOW)
    assert (given, of(session, DAPING).clip) == (1, "a" * 64)


def test_duty_people_are_texted_once_and_the_others_are_listed(session, campaign):
    duty(session, DAPING, duty_phone="+8614000000001")
    duty(session, XIAOHE, duty_phone="0830-5260000", second_phone="14000000002")
    announcements.prepare(session, campaign.id, NOW)
    for township in (FUBAO, BAISHA):
        announcements.attach_clip(session, campaign.id, township, "a" * 64, FACTS, NOW)
    told = alert(session, campaign.id, NOW)
    assert told.queued == 2
    assert told.without_phone == (LUGAO, "510522102202")
    assert of(session, XIAOHE).state is AnnouncementState.ALERTED
    assert of(session, LUGAO).state is AnnouncementState.PREPARED
    again = alert(session, campaign.id, NOW)
    assert (again.queued, again.without_phone) == (0, told.without_phone)
    texts = session.scalars(
        select(Message).where(Message.channel == Channel.ALERT)
    ).all()
    assert {text.village for text in texts} == {DAPING, XIAOHE}
    assert tally.by_state(session, campaign.id, Channel.ALERT) == {0: 2}


def test_nobody_is_texted_before_there_is_something_to_play(session, campaign):
    duty(session, DAPING, duty_phone="+8614000000001")
    announcements.prepare(session, campaign.id, NOW)
    assert alert(session, campaign.id, NOW).queued == 0


def test_a_village_downloads_plays_and_is_signed_for(session, campaign):
    announcement = ready(session, campaign)
    deeds.record_download(session, announcement.id, way="link", now=NOW)
    assert announcement.state is AnnouncementState.DOWNLOADED
    play = Play(TODAY, ("07:30", "11:50"))
    deeds.record_played(
        session, announcement.id, play, way="link", actor="村干部", now=NOW
    )
    assert (announcement.state, announcement.plays) == (AnnouncementState.PLAYED, 2)
    assert deeds.sign_off(session, [announcement.id], by=7, now=NOW) == 1
    assert deeds.sign_off(session, [announcement.id], by=7, now=NOW) == 0
    log = play_log(session, [FUBAO], NOW, NOW + timedelta(seconds=1))
    assert [line.deed for line in log] == ["downloaded", "played", "signed"]
    assert (log[1].actor, log[1].details["repeats"], log[1].seconds) == (
        "村干部",
        2,
        61.5,
    )


def test_pressing_played_twice_counts_once_and_another_day_counts_too(
    session, campaign
):
    announcement = ready(session, campaign)
    tomorrow = NOW + timedelta(days=1)
    for slots in (("07:30",), ("07:30", "11:50"), ("07:30", "11:50")):
        deeds.record_played(
            session, announcement.id, Play(TODAY, slots), way="link", now=NOW
        )
    assert announcement.plays == 2
    next_day = Play(TODAY + timedelta(days=1), ("07:30",))
    deeds.record_played(session, announcement.id, next_day, way="paper", now=tomorrow)
    assert (announcement.plays, announcement.played_at) == (3, NOW)


def test_downloading_again_never_takes_a_played_village_back(session, campaign):
    announcement = ready(session, campaign)
    deeds.record_played(
        session, announcement.id, Play(TODAY, ("07:30",)), way="link", now=NOW
    )
    deeds.record_download(session, announcement.id, way="link", now=NOW)
    assert announcement.state is AnnouncementState.PLAYED
    assert announcement.downloaded_at == NOW


def test_a_village_that_missed_it_may_still_play_it_but_not_the_reverse(
    session, campaign
):
    announcement = ready(session, campaign)
    deeds.record_missed(
        session, announcement.id, MissedReason.POWER, way="link", now=NOW
    )
    assert announcement.missed_reason == "power"
    deeds.record_played(
        session, announcement.id, Play(TODAY, ("18:30",)), way="link", now=NOW
    )
    assert announcement.state is AnnouncementState.PLAYED
    with pytest.raises(NotReady):
        deeds.record_missed(session, announcement.id, "rain", way="link", now=NOW)


def test_another_reason_must_be_said(session, campaign):
    announcement = ready(session, campaign)
    with pytest.raises(Refused):
        deeds.record_missed(session, announcement.id, "other", way="link", now=NOW)


def test_a_funeral_is_not_due_rather_than_missed(session, campaign):
    announcement = ready(session, campaign)
    deeds.record_missed(
        session,
        announcement.id,
        "ceremony",
        state=AnnouncementState.NOT_DUE,
        way="link",
        now=NOW,
    )
    assert announcement.state is AnnouncementState.NOT_DUE


@pytest.mark.parametrize(
    "play",
    [
        Play(TODAY + timedelta(days=1), ("07:30",)),
        Play(TODAY, ()),
        Play(TODAY, ("07:30",), repeats=0),
    ],
)
def test_a_playing_that_cannot_have_been_is_refused(session, campaign, play):
    announcement = ready(session, campaign)
    with pytest.raises(Refused):
        deeds.record_played(session, announcement.id, play, way="link", now=NOW)


def test_nothing_is_downloaded_before_it_is_recorded(session, campaign):
    announcements.prepare(session, campaign.id, NOW)
    with pytest.raises(NotReady):
        deeds.record_download(session, of(session, DAPING).id, way="link", now=NOW)


def test_words_are_read_aloud_before_there_is_a_sound(session, campaign):
    announcements.prepare(session, campaign.id, NOW)
    daping = of(session, DAPING).id
    with pytest.raises(NotReady):
        deeds.record_played(
            session, daping, Play(TODAY, ("07:30",)), way="link", now=NOW
        )
    aloud = Play(TODAY, ("07:30",), means="microphone")
    told = deeds.record_played(session, daping, aloud, way="link", now=NOW)
    assert (told.state, told.plays) == (AnnouncementState.PLAYED, 1)


def test_a_withdrawal_names_who_has_the_clip_and_ends_everything(session, campaign):
    announcement = ready(session, campaign)
    deeds.record_download(session, announcement.id, way="link", now=NOW)
    with pytest.raises(Refused):
        announcements.withdraw(session, campaign.id, reason="", by=1, now=NOW)
    told = announcements.withdraw(
        session, campaign.id, reason="电话念错了", by=1, now=NOW
    )
    assert [(it.village, it.name) for it in told] == [(DAPING, "大坪村")]
    session.refresh(announcement)
    assert announcement.state is AnnouncementState.WITHDRAWN
    for deed in (
        lambda: deeds.record_download(session, announcement.id, way="link", now=NOW),
        lambda: deeds.record_missed(
            session, announcement.id, "rain", way="link", now=NOW
        ),
    ):
        with pytest.raises(NotReady, match="撤回"):
            deed()
    withdrawn = select(AnnouncementLog).where(AnnouncementLog.deed == "withdrawn")
    assert len(session.scalars(withdrawn).all()) == 4


def test_a_village_sees_its_own_texts_with_its_own_name(session, campaign):
    ready(session, campaign)
    [card] = for_village(session, DAPING, NOW)
    assert (card.spoken_text, card.facts) == ("福宝镇大坪村天热。", FACTS)
    with pytest.raises(NotFound):
        deeds.get_announcement(session, card.id, village=XIAOHE)


def test_a_withdrawn_one_is_shown_for_a_week(session, campaign):
    ready(session, campaign)
    announcements.withdraw(session, campaign.id, reason="错了", by=1, now=NOW)
    assert len(for_village(session, DAPING, NOW + timedelta(days=6))) == 1
    assert for_village(session, DAPING, NOW + timedelta(days=8)) == []


def test_a_township_sees_its_own_villages(session, campaign):
    ready(session, campaign)
    rows = for_places(session, [FUBAO], campaign.id)
    assert [row.village_name for row in rows] == ["大坪村", "小河村"]
    assert {row.township_name for row in rows} == {"福宝镇"}
    assert for_places(session, [""]) == []


def test_campaigns_stand_side_by_side_counted_by_the_database(session, campaign):
    told = ready(session, campaign)
    deeds.record_played(session, told.id, Play(TODAY, ("07:30",)), way="link", now=NOW)
    deeds.record_missed(session, of(session, XIAOHE).id, "rain", way="link", now=NOW)
    later = factories.campaign(session, channels=["loudspeaker"])
    announcements.prepare(session, later.id, NOW)
    newest, oldest = side_by_side(session, [])
    assert [newest.campaign_id, oldest.campaign_id] == [later.id, campaign.id]
    assert (oldest.due, oldest.played, oldest.silent) == (4, 1, 2)
    assert (newest.due, newest.played, newest.silent) == (4, 0, 4)
    deeds.sign_off(session, [told.id], by=1, now=NOW)
    (here,) = [one for one in side_by_side(session, [DAPING]) if one.played]
    assert (here.due, here.silent, here.counts["signed"]) == (1, 0, 1)
    assert side_by_side(session, [""]) == []
