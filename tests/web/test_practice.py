"""Practice as an office meets it: begun, said on every page, refused, removed."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import factories
import pytest
from office import TOWNSHIP
from openpyxl import load_workbook
from sqlalchemy import func, select

from campaigns.register.models import Member, Unit
from campaigns.reporting.daily import filing, periods
from campaigns.reporting.daily.filing import Entry
from campaigns.shanghai import day_of
from outreach.audit import AuditRow, broken_at

PAGE = "/start/practice"


@pytest.fixture
def practised(visit):
    """A coordinator who has begun to practise."""
    writer = visit("xian")
    assert "先用练习数据" in writer.read("/start")
    assert writer.send(PAGE, f"{PAGE}/begin").location == "/start"
    return writer


def test_every_page_says_so_in_words(practised, visit):
    for address in ("/", "/register", "/help", "/planning/new", "/nowhere"):
        page = practised.open(address).get_data(as_text=True)
        assert "<strong>练习</strong>：人和事都是编的" in page, address
        assert "合江县残联（练习）" in page, address
    assert "<strong>练习</strong>" in visit().read("/sign-in")
    assert "清除练习数据" not in visit("fubao").read("/register")


def test_a_list_that_is_taken_out_says_so_in_its_name(practised):
    answer = practised.open("/register/imports/blank")
    assert answer.status_code == 200
    named = answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''%E7%BB%83%E4%B9%A0_" in named


def test_a_real_list_is_refused_with_the_way_out(practised, writing):
    assert f'href="{PAGE}"' in practised.read("/register/imports/new")
    answer = practised.send(
        "/register/imports/new",
        legal_basis="statutory",
        file=(io.BytesIO(b"a,b"), "x.csv"),
    )
    assert answer.status_code == 409
    assert "请先到“开始使用”清除练习数据" in answer.get_data(as_text=True)
    with writing() as session:
        assert session.scalar(select(func.count(Member.id))) == 40


def test_removing_says_what_goes_and_takes_it(practised, app, writing):
    media = app.extensions["outreach"].settings.media_dir
    for name in ("clips/ab/abcd", "packs/1"):
        (media / name).mkdir(parents=True)
        (media / name / "file").write_bytes(b"sound")
    assert "清除练习数据（40 人）" in practised.read(PAGE)
    assert practised.send(PAGE, f"{PAGE}/remove").location == "/start"
    assert "练习数据已清除" in practised.read("/start")
    assert not any(path.is_file() for path in media.rglob("*"))
    assert "（练习）" not in practised.read("/register")
    with writing() as session:
        assert session.scalar(select(func.count(Member.id))) == 0
        assert session.scalar(select(Unit.practice_since)) is None
        deeds = list(session.scalars(select(AuditRow.action)))
        assert {"begin_practice", "remove_practice"} <= {*deeds}
        assert broken_at(session) is None
    assert practised.send(PAGE, f"{PAGE}/begin").location == "/start"


def test_it_is_not_offered_once_there_is_somebody(visit, writing):
    with writing() as session:
        factories.member(session)
    writer = visit("xian")
    assert "先用练习数据" not in writer.read("/start")
    answer = writer.send("/start", f"{PAGE}/begin")
    assert answer.status_code == 422
    assert "还没有内容" in answer.get_data(as_text=True)


def test_every_sheet_says_so_also_where_a_township_or_village_is_the_unit(
    practised, visit, writing
):
    with writing() as session:
        today = day_of(datetime.now(UTC))
        periods.open_period(session, "抗寒", by=1, now=datetime.now(UTC))
        entry = Entry(zero=True)
        filing.file_report(session, TOWNSHIP, today, entry, by=1, now=datetime.now(UTC))
    for who in ("fubao", "xian"):
        visitor = visit(who)
        for address in (
            "/fieldwork/visits/ledger.xlsx",
            "/fieldwork/numbers/list.xlsx",
            "/fieldwork/log.xlsx",
        ):
            book = load_workbook(io.BytesIO(visitor.open(address).data))
            for sheet in book:
                assert sheet["A2"].value.count("（练习）") == 1, (who, address)
    report = visit("fubao").open(f"/reporting/daily/{today}/report.xlsx")
    for sheet in load_workbook(io.BytesIO(report.data)):
        assert "福宝镇（练习）" in sheet["A2"].value, sheet.title
    practised.send(PAGE, f"{PAGE}/remove")
    book = load_workbook(io.BytesIO(visit("fubao").open("/fieldwork/log.xlsx").data))
    assert "练习" not in book.worksheets[0]["A2"].value
