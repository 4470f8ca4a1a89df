"""Names, places and texts that look like code, like formulas or like somebody else."""

from __future__ import annotations

import csv
import io
import logging
import re
from datetime import UTC, date, datetime

import factories
import openpyxl
import pytest
from hostile.desk import worked
from hostile.files import as_csv, as_xlsx
from hostile.inputs import expect
from hostile.rows import Case, Listed
from lists import HEADINGS, person
from sqlalchemy import select

from campaigns.bulletins.readiness import faults
from campaigns.bulletins.sms_length import measure
from campaigns.bulletins.wording import fill
from campaigns.errors import Refused
from campaigns.register.models import Member, Place
from campaigns.reporting.exporting import csv_bytes
from campaigns.reporting.tables import Table
from campaigns.vocabulary import Level

pytestmark = pytest.mark.xdist_group("hostile-names")  # one desk

LONG = "阿卜杜热西提" * 5
ZALGO = "测" + "\u0301" * 500
CASES = {
    "H151": Case("一", "一"),
    "H152": Case("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
    "H152 other dot": Case("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
    "H153": Case(LONG, LONG),
    "H154": Case('=HYPERLINK("http://x","y")', '=HYPERLINK("http://x","y")'),
    "H155": Case("+cmd|' /C calc'!A0", "+cmd|' /C calc'!A0"),
    "H156": Case("-2+3", "-2+3"),
    "H157": Case("@SUM(1)", "@SUM(1)"),
    "H158": Case("\t=1", "=1"),
    "H159": Case("\r=1", "=1"),
    "H160": Case("＝1+1", "=1+1"),
    "H161": Case("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "H162": Case("{{7*7}}", "{{7*7}}"),
    "H163": Case("{%for x in y%}", "{%for x in y%}"),
    "H164": Case("${7*7}", "${7*7}"),
    "H165": Case("#{7}%s%n", "#{7}%s%n"),
    "H166": Case("{0.__class__}", "{0.__class__}"),
    "H167": Case("%(phone)s", "%(phone)s"),
    "H168": Case("';DROP TABLE member;--", "';DROP TABLE member;--"),
    "H172": Case(ZALGO, says="多余的符号"),
    "H173": Case("测\u202e试\u200f一", "测试一"),
}
FORMULAS = [c.given for c in CASES.values() if c.given.strip()[0] in "=+-@＝"]


@pytest.fixture(scope="module")
def listed(desk, tmp_path_factory):
    """As a CSV: workbooks cannot hold every one of these characters."""
    rows = {key: person(at, name=c.given) for at, (key, c) in enumerate(CASES.items())}
    path = tmp_path_factory.mktemp("names") / "list.csv"
    return Listed(desk, path, rows, HEADINGS, write=as_csv)


@pytest.mark.parametrize("key", CASES)
def test_a_name_is_only_text(desk, listed, key):
    member = listed.members.get(key)
    listed.hold(key, CASES[key], "A", member and member.name)
    if member is not None:
        page = desk.clerk.read(f"/register/{member.id}")
        assert "<script>alert" not in page
        assert ">49<" not in page


def test_a_name_is_revealed_as_it_is_written(desk, listed):
    people = listed.members.values()
    member = next(member for member in people if "<script>" in member.name)
    address = f"/register/{member.id}/reveal"
    desk.clerk.send(address, fields="name", reason="check")
    text = desk.clerk.read(address)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_that_goes_out_can_be_computed(desk, name):
    rows = [person(1, name=name, village="没有村"), person(2)]
    sent = desk.send(as_csv([HEADINGS, *rows]), "名册.csv")
    book = openpyxl.load_workbook(
        io.BytesIO(desk.clerk.open(f"{sent.address}/correction").data)
    )
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    lines = csv_bytes(Table("x", ("姓名",), [(name,)]), "utf-8-sig").decode("utf-8-sig")
    (_, (cell,)) = csv.reader(io.StringIO(lines, newline=""))
    assert cell == f"'{name}"


@pytest.mark.parametrize(
    ("number", "sought"),
    [("H169", "%"), ("H169", "_"), ("H169", "%_\\"), ("H170", "(a+)+$" + "a" * 40)],
)
@pytest.mark.usefixtures("listed")
def test_what_is_sought_is_no_pattern(desk, number, sought):
    begun = worked()
    page = desk.clerk.send("/register", "/register/find", find=sought)
    assert page.status_code == 200
    assert "测*" not in page.get_data(as_text=True)
    assert worked() - begun < 2
    expect(number, "A")


def test_no_line_of_the_log_can_be_forged(desk, caplog):
    forged = "\x1b[2Jxian\r\n2026-11-26 INFO audit ok"
    caplog.set_level(logging.DEBUG)
    desk.clerk.client.get("/nowhere/" + forged)
    desk.visit().send("/sign-in", name=forged, password="x")
    desk.hand_in(b"%PDF-1.4", forged)
    desk.work()
    lines = [record.getMessage() for record in caplog.records]
    assert not [line for line in lines if re.search(r"[\x00-\x1f\x7f]", line)]
    expect("H171", "N")


PLACES = {
    "H174": ({"township": "福宝镇".replace("宝", "寳")}, "C2", "最接近的是“福宝镇”"),
    "H175": ({"township": "桃花源镇"}, "C2", "本县没有“桃花源镇”这个乡镇"),
    "H176": ({"township": "", "village": "同名村"}, "D2", "定不了是哪个村"),
}


@pytest.mark.parametrize("key", PLACES)
def test_a_place_that_is_not_certain_is_asked_about(desk, key):
    given, cell, says = PLACES[key]
    with desk.database.writing() as session:
        towns = session.scalars(select(Place).where(Place.level == Level.TOWNSHIP))
        for town in list(towns)[:2]:
            code = f"{town.code}9{len(key)}9"
            if session.get(Place, code) is None:
                session.add(
                    Place(
                        code=code, name="同名村", level=Level.VILLAGE, parent=town.code
                    )
                )
    rows = [HEADINGS, person(1, **given), person(2)]
    sent = desk.send(as_xlsx(rows))
    assert says in sent.cells[cell], sent.cells
    assert sent.people == 1
    expect(key, *sent.possible)


TEXTS = {
    "H177": ({"sms_text": "请到${地点}领取。", "values": {}}, "变量“地点”还没有内容"),
    "H178": (
        {"sms_text": "请到${地点}领取。", "values": {"place": "【某银行】窗口"}},
        "“【”手机上可能显示不出",
    ),
    "H179": ({"sms_text": "详情请看 http://t.cn/abc 。"}, "不能放链接"),
    "H182": ({"sms_text": "各位肢体残疾人，请领辅具。"}, "看出收信人的情况"),
    "H180": ({"sms_text": "水" * 600}, "最多 8 条"),
}


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_that_must_not_go_out_is_not_issued(desk, key):
    given, says = TEXTS[key]
    with desk.database.reading() as session:
        version = factories.version(
            session, **{"spoken_text": "", "valid_until": date(2099, 1, 1)} | given
        )
        found = [str(fault) for fault in faults(session, version, datetime.now(UTC))]
        session.rollback()
    assert any(says in fault for fault in found), found
    expect(key, "R")


@pytest.mark.parametrize(
    ("units", "parts"),
    [(70, 1), (71, 2), (134, 2), (135, 3), (500, 8), (501, 8), (536, 8), (537, 9)],
)
def test_billed_parts_are_counted_as_carriers_do(units, parts):
    assert measure("水" * units, "").parts == parts


def test_a_character_outside_the_plane_counts_twice():
    assert measure("🙂", "").units == 2
    assert measure("𠮷" * 35, "").parts == 1
    assert measure("𠮷" * 36, "").parts == 2
    expect("H181", "A")


@pytest.mark.parametrize("text", ["{{7*7}}", "{0.__class__}", "%(phone)s", "#{x}"])
def test_a_text_knows_no_language_but_its_own(text):
    assert fill(text, {"phone": "1"}) == text


def test_a_bare_sign_of_a_variable_is_a_mistake():
    with pytest.raises(Refused, match="不是变量"):
        fill("电话$phone", {"phone": "1"})


def test_members_stay_when_somebody_writes_sql(desk, listed):
    assert desk.count(Member) >= len(listed.members)
