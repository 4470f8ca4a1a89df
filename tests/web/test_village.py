"""A village listens, downloads and confirms by its link, and sees nobody's details."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import stages
from sqlalchemy import func, select

from campaigns.errors import NotFound, NotReady
from campaigns.fieldwork import announcements
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.register.models import Unit
from campaigns.vocabulary import AnnouncementState
from outreach.web import village_link

KEY = b"k" * 32
TODAY = date(2026, 11, 23)
VILLAGE, OTHER = "510522112201", "510522112202"


@pytest.fixture
def link(app, writing):
    wiring = app.extensions["outreach"]
    with writing() as session:
        stages.people(session)
        made = stages.launched(session)
    stages.recorded(wiring, made.id)
    until = wiring.clock().date() + timedelta(days=30)
    return f"/v/{village_link.mint(VILLAGE, until, wiring.signer)}"


def of(writing, village: str = VILLAGE) -> Announcement:
    with writing() as session:
        return session.scalars(
            select(Announcement).where(Announcement.village == village)
        ).one()


def test_a_link_opens_its_village_until_its_day_and_no_longer():
    token = village_link.mint(VILLAGE, TODAY, KEY)
    assert village_link.read(token, KEY, TODAY) == VILLAGE
    with pytest.raises(NotReady):
        village_link.read(token, KEY, TODAY + timedelta(days=1))


@pytest.mark.parametrize("change", ["village", "day", "key", "rubbish"])
def test_a_changed_link_opens_nothing(change):
    token = village_link.mint(VILLAGE, TODAY, KEY)
    village, days, mac = token.split("-")
    forged = {
        "village": f"{OTHER}-{days}-{mac}",
        "day": f"{village}-{int(days, 16) + 9:x}-{mac}",
        "key": village_link.mint(VILLAGE, TODAY, b"x" * 32),
        "rubbish": "é-zz",
    }[change]
    with pytest.raises(NotFound):
        village_link.read(forged, KEY, TODAY)


def test_the_page_needs_no_account_no_script_and_little_line(link, visit):
    text = visit().read(link)
    assert "福宝镇 大坪村" in text
    assert "<script" not in text
    assert "测试" not in text
    styles = re.findall(r'href="(/assets/[^"]+)"', text)
    whole = len(text) + sum(len(visit().open(each).get_data()) for each in styles)
    assert whole < 60_000


def test_a_forged_link_says_so_on_a_page_of_the_same_kind(visit):
    answer = visit().open("/v/510522112201-900-aaaa")
    assert answer.status_code == 404
    assert "向镇残联要新的二维码" in answer.get_data(as_text=True)


def test_a_player_asks_for_a_range_and_gets_it(link, visit, writing):
    address = f"{link}/{of(writing).id}/listen.mp3"
    visitor = visit()
    part = visitor.client.get(address, headers={"Range": "bytes=0-99"})
    assert part.status_code == 206
    assert len(part.get_data()) == 100
    assert part.headers["Content-Range"].startswith("bytes 0-99/")
    part.close()
    assert of(writing).downloaded_at is None


def test_a_download_counts_when_the_last_byte_was_sent(link, visit, writing):
    address = f"{link}/{of(writing).id}/download.mp3"
    visitor = visit()
    begun = visitor.client.get(address, headers={"Range": "bytes=0-99"})
    begun.get_data()
    begun.close()
    assert of(writing).downloaded_at is None
    whole = visitor.open(address)
    assert len(whole.get_data()) == int(whole.headers["Content-Length"])
    assert of(writing).state is AnnouncementState.DOWNLOADED
    assert "attachment" in whole.headers["Content-Disposition"]


def test_a_broken_off_download_does_not_count(link, visit, writing):
    answer = visit().client.get(f"{link}/{of(writing).id}/download.mp3", buffered=False)
    next(iter(answer.response))
    answer.close()
    assert of(writing).downloaded_at is None


def test_pressing_played_twice_counts_once(link, visit, writing):
    page = f"{link}/{of(writing).id}/played"
    told = {"day": "today", "slots": ["07:30", "18:30"], "repeats": "2", "who": "cadre"}
    for _press in range(2):
        answer = visit().send(page, means="usb", **told)
        assert answer.status_code == 303
    assert (of(writing).state, of(writing).plays) == (AnnouncementState.PLAYED, 2)
    assert "记下了" in visit().read(answer.location)


def test_a_played_form_without_a_time_asks_for_one(link, visit, writing):
    page = f"{link}/{of(writing).id}/played"
    answer = visit().send(page, day="today", repeats="2")
    assert answer.status_code == 422
    assert "至少选一个播放的时段" in answer.get_data(as_text=True)
    assert of(writing).played_at is None


def test_a_village_says_why_it_did_not_play(link, visit, writing):
    page = f"{link}/{of(writing).id}/missed"
    assert visit().send(page, reason="rain").status_code == 303
    assert of(writing).missed_reason == "rain"


def test_a_village_does_nothing_for_another(link, visit, writing):
    page = f"{link}/{of(writing, OTHER).id}"
    assert visit().open(f"{page}/download.mp3").status_code == 404
    assert visit().open(f"{page}/played").status_code == 404
    with writing() as session:
        assert session.scalar(select(func.count(AnnouncementLog.id))) == 0


def test_a_withdrawn_clip_is_gone_and_the_page_says_so_first(link, visit, writing):
    mine = of(writing)
    with writing() as session:
        announcements.withdraw(
            session,
            mine.campaign_id,
            reason="说错了",
            by=1,
            now=stages.datetime.now(stages.UTC),
        )
    text = visit().read(link)
    assert "这一条已撤回" in text
    assert "<audio" not in text
    assert visit().open(f"{link}/{mine.id}/listen.mp3").status_code == 409


def test_the_play_sheet_has_room_to_sign_and_no_code_without_an_address(link, visit):
    text = visit().read(f"{link}/sheet")
    assert "播放人签字" in text
    assert "<svg" not in text


def test_wechat_is_told_how_to_save(link, visit):
    visitor = visit()
    inside = visitor.client.get(link, headers={"User-Agent": "x MicroMessenger/8.0"})
    assert "在浏览器打开" in inside.get_data(as_text=True)
    assert "在浏览器打开" not in visitor.read(link)


def test_what_was_told_is_shown_and_changed_the_same_day(link, visit, writing):
    page = f"{link}/{of(writing).id}/played"
    told = {"day": "today", "slots": ["07:30"], "repeats": "3", "means": "phone"}
    thanks = visit().read(visit().send(page, **told).location)
    assert "今天 07:30，每次 3 遍" in thanks
    assert thanks.count(f'href="{page}"') == 2  # the notice's and the item's own
    asked = visit().read(page)
    assert re.search(r'value="07:30" checked', asked)
    assert re.search(r'name="repeats"[^>]*value="3"', asked)
    assert re.search(r'value="phone" checked', asked)


def test_a_form_that_is_refused_keeps_what_was_typed(link, visit, writing):
    page = f"{link}/{of(writing).id}/played"
    typed = {"day": "yesterday", "repeats": "4", "means": "platform", "who": "grid"}
    text = visit().send(page, **typed).get_data(as_text=True)
    for value in ("yesterday", "platform", "grid"):
        assert re.search(rf'value="{value}" checked', text)
    assert re.search(r'name="repeats"[^>]*value="4"', text)


def test_a_village_says_that_a_withdrawn_clip_is_deleted(link, visit, writing):
    mine = of(writing)
    now = stages.datetime.now(stages.UTC)
    with writing() as session:
        announcements.withdraw(session, mine.campaign_id, reason="错", by=1, now=now)
    assert visit().send(f"{link}/{mine.id}/deleted").status_code == 303
    assert of(writing).told_at is not None
    assert "/deleted" not in visit().read(link)


def test_a_late_link_says_how_to_ask_for_a_new_one(app, visit, writing):
    wiring = app.extensions["outreach"]
    with writing() as session:
        stages.people(session)
        session.scalars(select(Unit)).one().text_phone = "14900000000"
    ended = village_link.mint(VILLAGE, TODAY - timedelta(days=99), wiring.signer)
    text = visit().open(f"/v/{ended}").get_data(as_text=True)
    assert 'href="sms:14900000000?body=' in text
    assert "福宝镇 大坪村" in text
