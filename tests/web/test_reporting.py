"""A report can be read out, adds up, and shows each reader their own part."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
import stages
from openpyxl import load_workbook
from roles import BLIND
from sqlalchemy import select

from campaigns.bulletins.models import Bulletin
from campaigns.delivery.models import Message
from campaigns.fieldwork.replies import take
from campaigns.register.models import Member
from campaigns.vocabulary import MessageState
from outreach.audit import AuditRow

BAISHA = "510522102"


@pytest.fixture
def report(writing):
    with writing() as session:
        stages.people(session, 24)
        made = stages.launched(session)
        stages.delivered(session, made.id, 9)
        return f"/reporting/campaigns/{made.id}"


def test_the_paragraph_and_the_charts_stand_on_one_page(report, visit):
    text = visit("xian").read(report)
    assert "发送名单 24 人" in text
    assert text.count('role="img"') == 5
    assert "送达的经过还没有记下" in text
    assert "style=" not in text
    for heading in ("people", "gates", "reasons", "heat", "time", "loud"):
        assert f'href="#{heading}"' in text
        assert f'id="{heading}"' in text


def test_every_figure_is_defined(report, visit):
    text = visit("xian").read(report)
    assert "联系上 = 送达（适合本人）+ 已确认联系上" in text
    english = visit("xian")
    english.send(report, "/me/language", language="en")
    assert "How each figure is defined" in english.read(report)


def test_a_township_sees_its_own_figures_only(report, visit):
    text = visit("fubao").read(report)
    assert "福宝镇" in text
    assert "白沙镇" not in text
    assert "发送名单 24 人" not in text
    assert re.search(r"发送名单人数</span> <strong>16<", text)


def test_a_township_takes_no_county_tables(report, visit):
    assert visit("fubao").open(f"{report}/report.xlsx").status_code == 403


def test_the_workbook_opens_and_the_deed_is_noted(report, visit, writing):
    answer = visit("xian").open(f"{report}/report.xlsx")
    book = load_workbook(BytesIO(answer.get_data()))
    cells = {str(c.value) for sheet in book for row in sheet for c in row}
    assert "福宝镇" in cells
    with writing() as session:
        deeds = [row.action for row in session.query(AuditRow)]
    assert "export_report" in deeds


@pytest.mark.parametrize(
    ("asked", "encoding"), [("gb18030", "gb18030"), ("utf-8", "utf-8-sig")]
)
def test_csv_comes_as_old_and_as_new_programs_read_it(report, visit, asked, encoding):
    answer = visit("xian").open(f"{report}/report.csv?encoding={asked}")
    assert "福宝镇" in answer.get_data().decode(encoding)


def test_few_people_show_no_rate(report, visit):
    assert "少于 10 人" in visit("xian").read(report)


def test_the_list_shows_both_rates_side_by_side(report, visit):
    text = visit("xian").read("/reporting/")
    assert report in text
    assert "覆盖率" in text
    assert "到达率" in text


def test_few_people_are_counted_for_those_alone_who_may_open_them(
    report, visit, writing
):
    """The county's office may; the auditor and the association see stars instead."""
    with writing() as session:
        session.query(Bulletin).update({"categories": BLIND})
    seen = {name: visit(name).read(report) for name in ("xian", "shenji", "mangxie")}
    cells = {name: text.count(">*<") for name, text in seen.items()}
    assert cells["xian"] == 1, "its definition"
    assert cells["shenji"] > 1
    assert cells["mangxie"] > 1


def test_a_file_is_passed_on_and_counts_no_few(report, visit):
    book = load_workbook(BytesIO(visit("xian").open(f"{report}/report.xlsx").data))
    rows = list(book["按类别"].iter_rows(min_row=4, values_only=True))
    counts = [n for row in rows if row[0] and row[0] != "合计" for n in row[1:3]]
    assert "*" in counts
    assert not [n for n in counts if isinstance(n, int) and 0 < n < 5]


def test_a_report_counts_its_replies_and_leads_to_them(report, visit, writing):
    """Whoever reads the figures counts all of them; a township those of its people."""
    with writing() as session:
        arrived = Message.state == MessageState.DELIVERED
        there = select(Message.phone_index).where(arrived, Message.township == BAISHA)
        index = session.scalars(there.limit(1)).one()
        member = select(Member).where(Member.phone_index == index)
        phone = session.scalars(member).one().phone
        for number, text in enumerate(("几点开会", "收到")):
            take(session, "simulator", f"a{number}", phone, text, datetime.now(UTC))
        elsewhere = take(
            session, "simulator", "b", "+8614900000999", "谁", datetime.now(UTC)
        )
        assert elsewhere.campaign_id is None
    campaign = report.rpartition("/")[2]
    for reader in ("xian", "shenji"):
        assert "一共 2 条，1 条办结了，1 条还在等人办。" in visit(reader).read(report)
    assert "没有收到回复" in visit("fubao").read(report)
    only = visit("xian").read(f"/delivery/replies?campaign={campaign}")
    assert "几点开会" in only
    assert "+8614900000999"[-4:] not in only
    assert f"/delivery/replies?campaign={campaign}" in visit("xian").read(report)
    assert "/delivery/replies?" not in visit("shenji").read(report)


@pytest.mark.parametrize(("table", "there"), [("cost", "福宝镇"), ("nonsense", "乡镇")])
def test_each_table_comes_as_csv(report, visit, table, there):
    answer = visit("xian").open(f"{report}/report.csv?encoding=utf-8&table={table}")
    assert there in answer.get_data().decode("utf-8-sig")


def test_cost_stands_as_bars_by_the_way_and_by_township(report, visit):
    text = visit("xian").read(report)
    for caption in ("ways", "places"):
        assert f'id="{caption}-title"' in text
    assert "短信，0.44 元" in text
    assert 'id="ways-title"' not in visit("fubao").read(report)
