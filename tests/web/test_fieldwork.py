"""Townships see and sign for their own villages; a wrong clip can be withdrawn."""

from __future__ import annotations

import re

import pytest
import stages
from sqlalchemy import select

from campaigns.fieldwork.models import Announcement
from campaigns.vocabulary import AnnouncementState

VILLAGE = "510522112201"


@pytest.fixture
def campaign(app, writing):
    with writing() as session:
        stages.people(session)
        made = stages.launched(session)
    stages.recorded(app.extensions["outreach"], made.id)
    return made.id


def of(writing, village: str = VILLAGE) -> Announcement:
    with writing() as session:
        return session.scalars(
            select(Announcement).where(Announcement.village == village)
        ).one()


def played(who, page: str, **more):
    told = {"deed": "played", "day": "today", "slots": ["07:30"], "repeats": "2"}
    return who.send(page, way="paper", means="usb", **{**told, **more})


def test_a_township_sees_its_own_villages(campaign, visit):
    text = visit("fubao").read(f"/fieldwork/announcements/{campaign}")
    assert "应播 2 村" in text
    assert "大坪村" in text
    assert "芦稿村" not in text


def test_a_village_account_sees_itself(campaign, visit):
    text = visit("cun").read(f"/fieldwork/announcements/{campaign}")
    assert "应播 1 村" in text
    assert "小河村" not in text


def test_what_a_village_played_is_entered_and_signed_off(campaign, visit, writing):
    who, page = visit("fubao"), f"/fieldwork/villages/{of(writing).id}"
    assert played(who, page, slots=["07:30", "18:30"]).status_code == 303
    assert (of(writing).state, of(writing).plays) == (AnnouncementState.PLAYED, 2)
    whole = f"/fieldwork/announcements/{campaign}"
    who.send(whole, f"{whole}/sign", signed=[str(of(writing).id)])
    assert of(writing).state is AnnouncementState.SIGNED


def test_nobody_signs_for_another_township(campaign, visit, writing):
    other = of(writing, "510522102201").id
    who, whole = visit("fubao"), f"/fieldwork/announcements/{campaign}"
    assert who.open(f"/fieldwork/villages/{other}").status_code == 404
    who.send(whole, f"{whole}/sign", signed=[str(other)])
    assert of(writing, "510522102201").state is AnnouncementState.PREPARED


@pytest.mark.usefixtures("campaign")
def test_a_forgotten_time_is_asked_for_and_the_rest_kept(visit, writing):
    who, page = visit("fubao"), f"/fieldwork/villages/{of(writing).id}"
    answer = played(who, page, slots=[], repeats="3")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "至少选一个播放的时段" in text
    assert re.search(r'name="repeats"[^>]*value="3"', text)


@pytest.mark.usefixtures("campaign")
def test_why_it_was_not_played_is_one_of_the_reasons(visit, writing):
    who, page = visit("fubao"), f"/fieldwork/villages/{of(writing).id}"
    who.send(page, deed="missed", reason="power", way="phone")
    assert of(writing).missed_reason == "power"
    answer = who.send(page, deed="missed", reason="dragons", way="phone")
    assert answer.status_code == 422


def test_a_withdrawn_clip_is_gone_and_the_villages_are_named(campaign, visit, writing):
    county, page = visit("xian"), f"/fieldwork/villages/{of(writing).id}"
    county.open(f"{page}/download.mp3").get_data()
    assert of(writing).downloaded_at is not None
    withdraw = f"/fieldwork/announcements/{campaign}/withdraw"
    assert county.send(withdraw, reason=" ").status_code == 422
    told = county.send(withdraw, reason="电话说错了").get_data(as_text=True)
    assert "大坪村" in told
    assert "小河村" not in told
    assert county.open(f"{page}/download.mp3").status_code == 409


def test_a_township_does_not_withdraw_what_others_play(campaign, visit):
    address = f"/fieldwork/announcements/{campaign}/withdraw"
    assert visit("fubao").open(address).status_code == 404


@pytest.mark.usefixtures("campaign")
def test_listening_is_no_download(visit, writing):
    page = f"/fieldwork/villages/{of(writing).id}"
    answer = visit("cun").open(f"{page}/listen.mp3")
    assert answer.status_code == 200
    assert len(answer.get_data()) > 10_000
    answer.close()
    assert of(writing).downloaded_at is None


def test_links_open_the_villages_of_ones_own_place(visit):
    who = visit("fubao")
    found = re.findall(r'href="http://[^/"]+(/v/[^"]+)"', who.read("/fieldwork/links"))
    assert len(found) == 2
    assert "大坪村" in visit().read(found[0])


@pytest.mark.usefixtures("campaign")
def test_the_log_tells_each_play(visit, writing):
    who = visit("fubao")
    played(who, f"/fieldwork/villages/{of(writing).id}")
    text = who.read("/fieldwork/log")
    assert "福宝镇 大坪村" in text
    assert "07:30" in text


def test_an_auditor_reads_and_presses_nothing(campaign, visit):
    text = visit("shenji").read(f"/fieldwork/announcements/{campaign}")
    assert "签认所选" not in text
    assert "/villages/" not in text
