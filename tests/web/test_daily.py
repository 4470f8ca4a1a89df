"""The daily report's pages: two presses for a zero report, and nothing is a blank."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
import stages

from campaigns.fieldwork import visits
from campaigns.reporting.daily import periods
from campaigns.shanghai import day_of
from campaigns.vocabulary import Urgency
from outreach.audit import AuditRow

TODAY = day_of(datetime.now(UTC))
HERE = f"/reporting/daily/{TODAY}"
FUBAO = "510522112"


@pytest.fixture
def on(writing):
    """A response period since yesterday, and a campaign in it."""
    with writing() as session:
        begun = datetime.now(UTC) - timedelta(days=1)
        periods.open_period(session, "抗寒保暖", by=1, now=begun)
        stages.people(session, 12)
        made = stages.launched(session)
        stages.delivered(session, made.id, 4)


def test_a_county_begins_and_ends_daily_reports(visit, writing):
    xian = visit("xian")
    assert "现在不在日报期间" in xian.read("/reporting/daily")
    page = ("/reporting/daily", "/reporting/daily/period")
    xian.send(*page, deed="begin", name="抗寒保暖")
    assert "抗寒保暖" in xian.read("/reporting/daily")
    assert "今天的日报还没报" in xian.read("/")
    xian.send(*page, deed="end")
    assert "现在不在日报期间" in xian.read("/reporting/daily")
    with writing() as session:
        deeds = [row.action for row in session.query(AuditRow)]
    assert {"begin_daily", "end_daily"} <= set(deeds)


@pytest.mark.usefixtures("on")
def test_whose_report_it_is_takes_nothing_from_the_offices_name(visit):
    for name, place in (("xian", "合江县"), ("fubao", "福宝镇")):
        text = visit(name).read("/reporting/daily")
        assert f"<caption>{place}</caption>" in text
        for page in (text, visit(name).read(HERE)):
            assert "<span>合江县残联</span>" in page
            assert "0830-0000000" in page


@pytest.mark.usefixtures("on")
def test_a_zero_report_is_two_presses_and_every_zero_is_said(visit):
    xian = visit("xian")
    form = xian.read(HERE)
    assert "未填" in form
    answer = xian.send(HERE, zero="1")
    assert answer.status_code == 303
    filed = xian.read(HERE)
    assert "版本 1" in filed
    assert "未填" not in filed
    assert "0（已核）" in filed
    assert "0（系统）" in filed
    book = openpyxl.load_workbook(BytesIO(xian.open(f"{HERE}/report.xlsx").data))
    assert book.sheetnames == ["盖章页", "日报", "各单位", "各村", "类别与等级", "说明"]
    assert book["日报"]["B4"].value == "510522"


@pytest.mark.usefixtures("on")
def test_figures_in_a_zero_report_are_refused_and_kept_on_the_form(visit):
    answer = visit("fubao").send(HERE, zero="1", found="3")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "填了数字就不是零报告" in text
    assert 'value="3"' in text


@pytest.mark.usefixtures("on")
def test_a_correction_shows_its_reason_and_a_new_version(visit):
    fubao = visit("fubao")
    fubao.send(HERE, found="3", solved="1")
    assert 'value="3"' in fubao.read(f"{HERE}/correct")
    answer = fubao.send(f"{HERE}/correct", found="4", solved="1")
    assert "写一句更正的原因" in answer.get_data(as_text=True)
    fubao.send(f"{HERE}/correct", found="4", solved="1", reason="漏了一户")
    filed = fubao.read(HERE)
    assert "版本 2" in filed
    assert "漏了一户" in filed


@pytest.mark.usefixtures("on")
def test_a_county_sees_who_is_missing_reminds_enters_and_returns(visit):
    xian, fubao = visit("xian"), visit("fubao")
    units = xian.read(f"{HERE}/units")
    assert "应报 2，已报 0" in units
    xian.send(f"{HERE}/units", f"{HERE}/remind")
    assert "已经提醒 1 次" in fubao.read(HERE)
    entry = f"{HERE}/units/{FUBAO}"
    assert "代报要写明" in xian.send(entry, zero="1").get_data(as_text=True)
    xian.send(entry, zero="1", called_by="14:50 镇上来电，小李接")
    assert "已报 1" in xian.read(f"{HERE}/units")
    xian.send(entry, f"{entry}/return", reason="数对不上")
    assert "上级退回：数对不上" in fubao.read(HERE)


@pytest.mark.usefixtures("on")
def test_a_township_enters_for_its_own_villages_alone(visit):
    fubao = visit("fubao")
    assert fubao.open(f"{HERE}/units/510522112201").status_code == 200
    assert fubao.open(f"{HERE}/units/510522102").status_code == 404
    assert visit("cun").open(f"{HERE}/units/{FUBAO}").status_code == 403
    assert visit("mangxie").open(HERE).status_code == 403
    assert visit("guanli").open(HERE).status_code == 403


@pytest.mark.usefixtures("on")
def test_an_incident_is_told_at_once(visit):
    cun = visit("cun")
    page = "/reporting/daily/incident"
    answer = cun.send(page, what="小河涨水", told="")
    assert "先打电话" in answer.get_data(as_text=True)
    cun.send(page, what="小河涨水，转移两户", told="镇值班室", hour="00:00")
    assert "小河涨水，转移两户" in visit("fubao").read(page)


@pytest.mark.usefixtures("on")
def test_a_file_that_is_no_report_is_said_in_a_sentence(visit):
    xian = visit("xian")
    page = "/reporting/daily/workbooks"
    file = (BytesIO(b"name,phone\n"), "list.csv")
    answer = xian.send(page, file=file)
    assert answer.status_code == 422
    assert "日报" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("on")
def test_english_pages_have_no_chinese_labels_left(visit):
    xian = visit("xian")
    xian.send(HERE, "/me/language", language="en")
    text = xian.read(HERE)
    assert "Nothing to report (zero report)" in text
    assert "not filled in" in text


def test_there_is_no_such_day(visit):
    assert visit("xian").open("/reporting/daily/2026-13-40").status_code == 404


@pytest.mark.usefixtures("on")
def test_the_registers_five_outcomes_add_up_on_a_page(visit):
    text = visit("xian").read("/reporting/daily/register")
    assert "合计" in text
    cells = re.findall(r'<td[^>]*class="number"[^>]*>\s*([\d,]+)\s*</td>', text)
    *parts, total = (int(cell.replace(",", "")) for cell in cells)
    assert len(parts) == 5
    assert sum(parts) == total == 12


@pytest.mark.usefixtures("on")
def test_a_zero_against_open_doors_is_flagged_to_the_unit_and_the_county(
    visit, writing
):
    with writing() as session:
        stages.launched(session, urgency=Urgency.MUST_REACH)
        visits.open_visits(session, datetime.now(UTC))
    fubao, xian = visit("fubao"), visit("xian")
    assert "这时报零报告会被标出来" in fubao.read(HERE)
    assert "零报告和台账对不上" not in xian.read("/")
    assert fubao.send(HERE, zero="1").status_code == 303
    assert "和台账对不上" in fubao.read(HERE)
    assert "报了零报告" in fubao.read(HERE)
    assert "1 份零报告和台账对不上" in xian.read("/")
    units = xian.read(f"{HERE}/units")
    assert re.search(r"福宝镇：\d+ 户走访", units)
