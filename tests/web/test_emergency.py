"""One officer, one page, one button; and a colleague who signs afterwards."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import factories
import pytest
import stages
from office import PASSWORD
from sqlalchemy import select

from campaigns.delivery import launching
from campaigns.fieldwork import alerting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning.models import Campaign
from campaigns.register.models import Member, Place
from campaigns.vocabulary import CampaignState, Urgency
from outreach import sweeping
from outreach.audit import AuditRow

ASK = "/planning/emergency"
FUBAO = "510522112"


@pytest.fixture
def text(writing):
    """A standing text, and two people in 福宝镇."""
    with writing() as session:
        for _ in range(2):
            factories.member(session)
        return stages.version(session, urgency=Urgency.EMERGENCY).id


def release(who, text, **given):
    told = {"version": text, "township": FUBAO, "typed": "福宝镇", "password": PASSWORD}
    return who.send(ASK, **{**told, **given})


def only(writing, **changes):
    with writing() as session:
        found = session.scalars(select(Campaign)).one_or_none()
        for name, value in changes.items():
            setattr(found, name, value)
        return found


def test_three_presses_from_home_to_released(visit, text, writing):
    who = visit("xian")
    assert f'href="{ASK}"' in who.read("/")
    assert "福宝镇" in who.read(ASK)
    answer = release(who, text)
    campaign = only(writing)
    assert answer.location == f"/fieldwork/emergency/{campaign.id}"
    assert campaign.status is CampaignState.APPROVED
    assert campaign.rule == {"townships": [FUBAO]}
    assert "等另一位同事补签" in who.read(answer.location)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "xxx"}, "密码不对"),
        ({"typed": "福宝"}, "请照着写全名：福宝镇"),
        ({"version": ""}, "请选一篇常备文稿"),
        ({"township": ""}, "没有这个乡镇"),
    ],
)
def test_what_is_missing_is_said_and_nothing_goes_out(
    visit, text, writing, given, said
):
    answer = release(visit("xian"), text, **given)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert only(writing) is None


@pytest.mark.parametrize("name", ["mangxie", "fubao", "cun", "shenji", "guanli"])
def test_nobody_else_may(visit, text, name):
    assert visit(name).open(ASK).status_code == 403
    assert text


def test_a_colleague_is_told_at_once_and_signs(visit, text, writing):
    first, second = visit("xian"), visit("shenpi")
    board = release(first, text).location
    assert "等您补签" in second.read("/")
    assert "等您补签" not in first.read("/")
    campaign = only(writing)
    sign = f"/planning/{campaign.id}/countersign"
    assert first.send(board, sign).status_code == 403
    assert second.send(board, sign).status_code == 303
    assert only(writing).countersigned_by is not None
    assert "等您补签" not in second.read("/")


def test_twelve_hours_without_a_signature_stand_in_the_record(
    visit, text, writing, app
):
    release(visit("xian"), text)
    wiring = app.extensions["outreach"]
    longer = datetime.now(UTC) - timedelta(hours=13)
    only(writing, approved_at=longer)
    for _ in range(2):
        with writing() as session:
            sweeping.SWEEPS["unsigned"].work(session, wiring.clock(), print)
    with writing() as session:
        rows = select(AuditRow).where(AuditRow.action == "unsigned")
        assert [row.result for row in session.scalars(rows)] == ["unsigned"]


def test_the_door_sheet_names_nobody_until_somebody_goes(visit, text, writing):
    release(visit("xian"), text)
    campaign = only(writing)
    with writing() as session:
        session.scalars(select(Member)).first().name = "张三丰"
        now = datetime.now(UTC) + timedelta(minutes=1)
        assert launching.launch(session, campaign.id, now)
        visits.open_visits(session, now + timedelta(minutes=10))
        doors = [str(key) for key in session.scalars(select(Visit.id))]
    who, sheet = visit("fubao"), "/fieldwork/visits/sheet?kind=door"
    assert sheet in who.read(f"/fieldwork/emergency/{campaign.id}")
    printed = who.read(sheet)
    assert "张＊＊" in printed
    assert "张三丰" not in printed
    who.send(
        "/fieldwork/visits",
        "/fieldwork/visits/assign",
        visits=doors,
        worker="李专职",
    )
    assert "张三丰" in who.read(sheet)


def test_the_board_shows_a_township_its_villages_and_no_button(visit, text, writing):
    release(visit("xian"), text)
    campaign = only(writing)
    with writing() as session:
        now = datetime.now(UTC) + timedelta(minutes=1)
        session.get_one(Place, FUBAO).duty_phone = "+8614000001199"
        assert launching.launch(session, campaign.id, now)
        alerting.begin(session, campaign.id, now)
    board = f"/fieldwork/emergency/{campaign.id}"
    for name, sees in (("fubao", "小河村"), ("cun", "大坪村")):
        text_ = visit(name).read(board)
        assert sees in text_
        assert "马上发布" not in text_
    assert "小河村" not in visit("cun").read(board)
    county = visit("xian")
    assert "马上发布" in county.read(board)
    # No village here has a duty phone: the leader on call is told at once.
    assert re.search(r"值班领导：福宝镇.*待发送", county.read(board), re.DOTALL)
    follow = f"{ASK}/{campaign.id}/follow"
    wrong = county.send(board, follow, how="all_clear", version=text, password="x")
    assert wrong.status_code == 422
    again = county.send(
        board, follow, how="second_wave", version=text, password=PASSWORD
    )
    assert again.status_code == 303
    with writing() as session:
        second = session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()
        assert (second.follows_id, second.follows) == (campaign.id, "second_wave")
