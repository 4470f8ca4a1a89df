"""Quiet times, villages to ring and to tell, and the play log, on pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
import stages

from campaigns.fieldwork import deeds
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.village_pages import for_places
from campaigns.shanghai import day_of
from outreach.web import village_link

DAPING = "510522112201"


@pytest.fixture
def played(app, writing):
    """A broadcast that one village played; its id."""
    with writing() as session:
        made = stages.launched(session).id
    stages.recorded(app.extensions["outreach"], made)
    now = datetime.now(UTC)
    with writing() as session:
        [row] = for_places(session, [DAPING], made)
        play = Play(day_of(now), ("07:30",))
        deeds.record_played(session, row.announcement_id, play, way="link", now=now)
    return made


def test_a_village_mourns_and_its_tips_are_not_due(app, played, visit, writing):
    signer = app.extensions["outreach"].signer
    token = village_link.mint("510522112202", date(2099, 1, 1), signer)
    visitor = visit()
    page = f"/v/{token}/quiet"
    assert "小河村" in visitor.read(page)
    assert visitor.send(page, days="9").status_code == 422
    assert visitor.send(page, days="2").status_code == 303
    with writing() as session:
        [row] = for_places(session, ["510522112202"], played)
    assert (row.state.value, row.missed_reason) == ("not_due", "ceremony")


def test_a_township_adds_exam_hours_for_its_own_places(visit):
    fubao = visit("fubao")
    page = "/fieldwork/quiet"
    fields = {"day": "2099-06-07", "kind": "exam", "begins": "08:00", "ends": "12:00"}
    fubao.send(page, place=DAPING, **fields)
    assert "08:00–12:00" in fubao.read(page)
    assert fubao.send(page, place="510522102", **fields).status_code == 422
    wrong = fubao.send(page, place=DAPING, **{**fields, "day": "明天"})
    assert "日期写成" in wrong.get_data(as_text=True)
    assert visit("cun").open(page).status_code == 403


@pytest.mark.usefixtures("played")
def test_a_village_waits_for_two_signatures(visit):
    fubao = visit("fubao")
    assert "大坪村" in fubao.read("/fieldwork/waiting")


@pytest.mark.usefixtures("played")
def test_the_play_log_comes_as_a_workbook(visit):
    answer = visit("fubao").open("/fieldwork/log.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.data))["播出登记表"]
    assert sheet["A1"].value == "福宝镇 播出登记表"
    assert sheet["E4"].value == "大坪村"


def test_withdrawn_is_ticked_off_village_by_village(played, visit):
    xian = visit("xian")
    page = f"/fieldwork/announcements/{played}/withdraw"
    xian.send(page, reason="电话念错了")
    told = f"/fieldwork/announcements/{played}/to-tell"
    text = xian.read(told)
    assert "大坪村" in text
    key = text.split('name="told" value="')[1].split('"')[0]
    xian.send(told, told=key)
    assert "都告诉了" in xian.read(told)
