"""The overview of reports adds up, and its files hold exactly what it shows."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
import stages
from openpyxl import load_workbook
from roles import BLIND

from campaigns.bulletins.models import Bulletin
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import Urgency

THIS_MONTH = "/reporting/"


@pytest.fixture
def office(writing):
    """Two campaigns of today, one of them to be followed by visits, one of long ago."""
    with writing() as session:
        stages.people(session, 24)
        tip = stages.launched(session, name="高温提醒")
        stages.delivered(session, tip.id, 9)
        must = stages.launched(
            session, name="政策通知", urgency=Urgency.MUST_REACH, channels=["sms"]
        )
        stages.delivered(session, must.id, 5)
        old = stages.launched(session, name="旧任务")
        old.launched_at = datetime(2024, 2, 29, 15, 59, tzinfo=UTC)
        session.flush()
        return [campaign_statistics(session, one.id) for one in (must, tip)]


def _cells(text: str, table: str) -> list[list[str]]:
    body = re.search(rf'<table[^>]*id="{table}".*?</table>', text, re.DOTALL)[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<.*?>|\s+", " ", c).strip() for c in row] for row in cells]


def test_each_campaign_has_its_own_reports_figures_and_the_last_row_their_sum(
    office, visit
):
    text = visit("xian").read(THIS_MONTH)
    assert "旧任务" not in text
    people, texts = _cells(text, "table"), _cells(text, "texts")
    for row, said, whole in zip(people[1:], texts[1:], office, strict=False):
        assert row[2:4] == [f"{whole.audience}", f"{whole.reached}"]
        assert row[6] == f"{whole.everybody.to_visit}"
        assert said[1:] == [
            f"{whole.submitted}",
            f"{whole.parts}",
            f"{whole.cost:,.2f}",
        ]
    total = [str(sum(int(row[n]) for row in people[1:-1])) for n in (2, 3, 6, 7)]
    assert [people[-1][n] for n in (2, 3, 6, 7)] == total
    assert texts[-1][3] == f"{sum(one.cost for one in office):,.2f}"
    assert int(people[1][6]) > 0, "somebody is to be visited"


def test_the_parts_of_the_chart_are_everybody(office, visit):
    chart = _cells(visit("xian").read(THIS_MONTH), "people-table")
    assert sum(int(row[1]) for row in chart[1:-1]) == int(chart[-1][1])
    assert int(chart[-1][1]) == sum(one.audience for one in office)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("period=this_year", False),
        ("first=2024-02-29&last=2024-02-29", True),
        ("first=2024-02-01&last=2024-02-28", False),
        ("first=2024-03-01&last=2024-03-31", False),
        ("period=nonsense", False),
    ],
)
def test_a_campaign_lies_on_the_day_in_shanghai_on_which_it_began(
    office, visit, asked, there
):
    text = visit("xian").read(f"{THIS_MONTH}?{asked}")
    assert ("旧任务" in text) is there
    assert office


def test_days_the_wrong_way_round_are_said_beside_the_field(office, visit):
    text = visit("xian").read(f"{THIS_MONTH}?first=2026-05-02&last=2026-05-01")
    assert "结束日期在开始日期前面" in text
    assert 'value="2026-05-02"' in text
    assert "高温提醒" in text, "this month is shown meanwhile"
    assert office


@pytest.mark.parametrize(("asked", "n"), [("", 2), ("?period=last_month", 0)])
def test_files_hold_what_the_page_shows(office, visit, asked, n):
    someone = visit("xian")
    page = _cells(someone.read(THIS_MONTH + asked), "table") if n else [[]]
    book = load_workbook(
        BytesIO(someone.open(f"/reporting/campaigns.xlsx{asked}").data)
    )
    rows = list(book["各任务汇总"].iter_rows(min_row=3, values_only=True))
    content = someone.open(f"/reporting/campaigns.csv{asked}").data.decode("gb18030")
    lines = list(csv.reader(StringIO(content)))
    assert len(lines) == n + 2
    shown = [[str(v) if v is not None else "" for v in row] for row in rows[: n + 2]]
    assert [row[:11] for row in shown] == [row[:11] for row in lines]
    for row, line in zip(page[1:], lines[1:], strict=False):
        assert line[3:6] == row[2:5], "people, reached and their share"
        assert line[7:9] == row[6:8], "to visit and refused"
    assert len(office) == 2


def test_an_association_sees_its_own_texts_and_a_township_its_own_people(
    office, visit, writing
):
    assert "高温提醒" not in visit("mangxie").read(THIS_MONTH)
    township = visit("fubao")
    text = township.read(THIS_MONTH)
    assert _cells(text, "table")[-1][2] == "32", "two thirds live there"
    assert 'id="texts"' not in text
    assert township.open("/reporting/campaigns.xlsx").status_code == 403
    with writing() as session:
        session.query(Bulletin).update({"categories": BLIND})
    assert "高温提醒" in visit("mangxie").read(THIS_MONTH)
    assert office


def test_an_empty_span_leads_to_the_year(visit):
    text = visit("xian").read(f"{THIS_MONTH}?period=last_month")
    assert "这段时间没有任务开始" in text
    assert "period=this_year" in text
    english = visit("shenji")
    english.send(THIS_MONTH, "/me/language", language="en")
    assert "No campaign began in this period" in english.read(THIS_MONTH)
