from __future__ import annotations

import csv
import io

import factories
import openpyxl
import pytest

from campaigns.bulletins.models import BulletinVersion
from campaigns.delivery import launching
from campaigns.fieldwork import announcements
from campaigns.register.scope import Scope
from campaigns.reporting.exporting import (
    csv_bytes,
    heading_of,
    safe,
    write_workbook,
)
from campaigns.reporting.person_by_person import person_rows, write_persons
from campaigns.reporting.statistics import campaign_statistics
from campaigns.reporting.tables import tables
from campaigns.vocabulary import Category

NOW = factories.NOW
NAMES = {
    "510522112": "福宝镇",
    "510522102": "=白沙镇",
    "510522112201": "大坪村",
    "510522102201": "芦稿村",
}


@pytest.fixture
def campaign(session):
    factories.unit(session)
    factories.places(session)
    factories.member(session, name="张三丰")
    factories.member(session, name="李四", phone=None, category=Category.VISUAL)
    factories.member(
        session,
        name="王小五",
        category=Category.INTELLECTUAL,
        guardian_phone="+8614000088888",
        township="510522102",
        village="510522102201",
    )
    made = factories.campaign(session, name="高温提醒", channels=["sms", "loudspeaker"])
    launching.launch(session, made.id, NOW)
    announcements.prepare(session, made.id, NOW)
    return made


def workbook(session, campaign, **options):
    seen = campaign_statistics(session, campaign.id, now=NOW)
    file = io.BytesIO()
    write_workbook(seen, file, unit="合江县残联", names=NAMES, **options)
    return openpyxl.load_workbook(file)


def test_a_workbook_is_laid_out_as_offices_print_it(session, campaign):
    book = workbook(session, campaign)
    assert book.sheetnames == [
        "汇总",
        "按乡镇",
        "按类别",
        "乡镇与类别",
        "原因",
        "大喇叭",
        "口径说明",
    ]
    sheet = book["按乡镇"]
    assert sheet["A1"].value == "高温提醒 任务报告"
    assert sheet["A2"].value == "填报单位：合江县残联    截至 2026-11-23 12:00"
    assert sheet["A3"].value == "乡镇"
    assert "A1:L1" in {str(cells) for cells in sheet.merged_cells.ranges}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "landscape",
        9,
    )
    assert sheet.print_title_rows == "$1:$3"
    assert [sheet.cell(6, column).value for column in (1, 2)] == ["合计", 3]
    assert sheet.cell(6, 4).alignment.horizontal == "right", "shares stand as above"
    assert sheet.cell(8, 1).value.startswith("填报人：")


def test_a_name_that_looks_like_a_formula_stays_a_name(session, campaign):
    cell = workbook(session, campaign)["按乡镇"]["A4"]
    assert (cell.value, cell.data_type) == ("=白沙镇", "s")
    assert [safe(text) for text in ("=1+1", "+86", "-3", "@a", "福宝镇")] == [
        "'=1+1",
        "'+86",
        "'-3",
        "'@a",
        "福宝镇",
    ]


def test_the_sums_of_every_table_are_the_audience(session, campaign):
    seen = campaign_statistics(session, campaign.id, now=NOW)
    made = tables(seen, NAMES)
    for key in ("by_township", "by_category"):
        table = made[key]
        assert sum(row[1] for row in table.rows) == table.total[1] == 3
        for row in table.lines:
            assert sum(row[4:]) == row[1]
    assert dict(made["summary"].rows)["发送名单人数"] == 3
    assert made["heat"].total[1:] == ("0/1", "", "", "0/1", "0/1", "", "")


def test_it_is_written_in_english_as_well(session, campaign):
    book = workbook(session, campaign, language="en", translate=str.upper)
    assert book.sheetnames[0] == "summary"
    text = [cell.value for row in book["summary"] for cell in row if cell.value]
    assert not any("人" in str(value) for value in text)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_csv_opens_in_old_and_new_programs(session, campaign, encoding):
    seen = campaign_statistics(session, campaign.id, now=NOW)
    written = csv_bytes(tables(seen, NAMES)["by_township"], encoding)
    rows = list(csv.reader(io.StringIO(written.decode(encoding), newline="")))
    assert rows[0][0] == "乡镇"
    assert [row[0] for row in rows[1:]] == ["'=白沙镇", "福宝镇", "合计"]
    assert written.count(b"\r\n") == 4


def test_persons_are_masked_and_nothing_tells_what_is_the_matter(session, campaign):
    rows = list(
        person_rows(session, campaign.id, scope=Scope.everything(), names=NAMES)
    )
    assert sorted(row[1] for row in rows) == ["张＊＊", "李＊", "王＊＊", "王＊＊"]
    by_name = {row[1]: row for row in rows if row[5] == "本人"}
    (copy,) = (row for row in rows if row[5] == "监护人")
    assert (copy[1], copy[6]) == ("王＊＊", "140****8888")
    assert {row[4] for row in rows} == {"短信"}
    assert by_name["李＊"][6:9] == ("", "不发送", "没有手机")
    everything = " ".join(str(value) for row in rows for value in row)
    assert "残疾" not in everything
    assert "张三丰" not in everything


def test_a_reader_exports_only_the_people_they_may_see(session, campaign):
    scope = Scope(places=("510522102",))
    rows = list(person_rows(session, campaign.id, scope=scope, names=NAMES))
    assert [row[1] for row in rows] == ["王＊＊", "王＊＊"]


def test_persons_are_written_row_by_row(session, campaign, tmp_path):
    seen = campaign_statistics(session, campaign.id, now=NOW)
    write_persons(
        session,
        campaign.id,
        tmp_path / "persons.xlsx",
        scope=Scope.everything(),
        names=NAMES,
        heading=heading_of(seen, "合江县残联"),
    )
    sheet = openpyxl.load_workbook(tmp_path / "persons.xlsx").active
    assert sheet["A3"].value == "序号"
    assert sheet.max_row == 9
    assert session.get(BulletinVersion, campaign.version_id) is not None
