"""Identity and certificate numbers, and what they say of a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import factories
import pytest
from hostile.inputs import expect
from hostile.rows import Case, Listed
from lists import HEADINGS, person, workbook
from sqlalchemy import select

from campaigns.delivery import launching
from campaigns.delivery.models import Message
from campaigns.register.certificates import check_digit
from campaigns.vocabulary import Addressee, Category, MemberStatus, MessageState, Reason

pytestmark = pytest.mark.xdist_group("hostile-identities")  # one desk

_ALL = [*HEADINGS, "身份证号", "残疾类别", "残疾等级", "多重类别", "监护人电话", "备注"]
LOST = "末尾的数字已经丢失"
LOOK = "核对原件"


def number(n=1, born="19701010", county="510598"):
    """A number of a county that does not exist, so that nobody has it."""
    first = f"{county}{born}{n:03d}"
    return first + check_digit(first)


def certificate(n=1, tail="43", **given):
    return number(n, **given) + tail


X, ANOTHER_X = [found for n in range(1, 99) if (found := number(n))[-1] == "X"][:2]


def row(n, certificate_="", phone=None, **more):
    """A row of a person without a phone; ``more`` by heading."""
    facts = dict(zip(_ALL, person(n), strict=False))
    facts |= {"残疾人证号": certificate_, "联系电话": phone} | more
    return [facts.get(heading) for heading in _ALL]


def by_id(n, given, **more):
    return row(n, 身份证号=given, **{"残疾类别": "肢体", "残疾等级": "三级"} | more)


FULL = certificate(34)
# Each: the row, the column of what is wrong or stored, and the case.
CASES = {
    "H121": ("id_number", by_id(121, number(121)), Case(number(121), number(121))),
    "H122": ("F", by_id(122, number(122)[:17] + "9"), Case("", says="校验不对")),
    "H123": ("id_number", by_id(123, X.lower()), Case(X.lower(), X)),
    "H124": (
        "certificate",
        row(124, ANOTHER_X[:17] + "Ｘ43"),
        Case(ANOTHER_X[:17] + "Ｘ43", f"{ANOTHER_X}43"),
    ),
    "H125": ("F", by_id(125, "510598701010125"), Case("", says="15 位")),
    "H126": ("F", by_id(126, number(126, "19701310")), Case("", says="不存在")),
    "H127": ("F", by_id(127, number(127, "19990229")), Case("", says="不存在")),
    "H128": ("F", by_id(128, number(128, "20991010")), Case("", says="将来")),
    "H129": ("F", by_id(129, number(129, "18991010")), Case("", says="120 岁")),
    "H130": (
        "id_number",
        by_id(130, number(130, county="510599")),
        Case(number(130, county="510599"), number(130, county="510599"), "地区代码"),
    ),
    "H131": (
        "id_number",
        by_id(131, number(131, county="360198")),
        Case(number(131, county="360198"), number(131, county="360198")),
    ),
    "H132": ("F", by_id(132, 510598197010100264), Case("", says=LOST)),
    "H132 text": ("F", by_id(232, "3.30724E+17"), Case("", says=LOST)),
    "H133": ("F", by_id(133, number(133)[:17] + " "), Case("", says="现在是 17 位")),
    "H134": ("certificate", row(134, FULL), Case(FULL, FULL)),
    "H135": ("B", row(135, certificate(135, "83")), Case("", says="类别应是 1 到 7")),
    "H135 0": ("B", row(235, certificate(235, "03")), Case("", says="类别应是 1 到 7")),
    "H135 9": ("B", row(335, certificate(335, "93")), Case("", says="类别应是 1 到 7")),
    "H136": ("B", row(136, certificate(136, "40")), Case("", says="等级应是 1 到 4")),
    "H136 5": ("B", row(236, certificate(236, "45")), Case("", says="等级应是 1 到 4")),
    "H137": (
        "G",
        row(137, certificate(137), 残疾类别="听力"),
        Case("", says="类别和证号"),
    ),
    "H138": (
        "B",
        row(138, certificate(138), 身份证号=number(139)),
        Case("", says="不一样"),
    ),
    "H139": (
        "certificate",
        row(139, certificate(139, "43B1")),
        Case(certificate(139, "43B1"), certificate(139, "43B1")),
    ),
    "H140": ("B", row(140, certificate(140)[:19]), Case("", says="现在是 19 位")),
    "H141": ("F", by_id(141, "H1234567800"), Case("", says="写“无”")),
    "H141 passport": ("F", by_id(241, "E12345678"), Case("", says="写“无”")),
    "H144": (
        "categories",
        row(144, certificate(144, "71"), 多重类别="视力、听力"),
        Case(0b11, Category.VISUAL.bit | Category.HEARING.bit),
    ),
    "H145": ("certificate_category", by_id(145, number(145)), Case("肢体", 4)),
    "H145 short": (
        "certificate_category",
        by_id(245, number(245), 残疾类别="肢残"),
        Case("肢残", 4),
    ),
    "H145 whole": (
        "certificate_category",
        by_id(345, number(345), 残疾类别="肢体残疾二级", 残疾等级=""),
        Case("肢体残疾二级", 4),
    ),
    "H146": ("grade", by_id(146, number(146), 残疾等级="二级"), Case("二级", 2)),
    "H146 sign": ("grade", by_id(246, number(246), 残疾等级="Ⅱ"), Case("Ⅱ", 2)),
    "H147": (
        "status",
        by_id(147, number(147), 备注="2026年3月去世", 联系电话="14000000147"),
        Case("deceased", MemberStatus.DECEASED),
    ),
    "H148": (
        "birth_date",
        by_id(
            148,
            number(148, "20200101"),
            联系电话="14000000148",
            监护人电话="14100000148",
        ),
        Case("2020-01-01", date(2020, 1, 1)),
    ),
    "H149": (
        "categories",
        row(149, certificate(149, "52"), "14000000149", 监护人电话="14100000149"),
        Case(16, Category.INTELLECTUAL.bit),
    ),
}
HEARS = {  # by the number of the input
    "147": (Reason.INACTIVE, Addressee.MEMBER),
    "148": (Reason.NONE, Addressee.GUARDIAN),
    "149": (Reason.NONE, Addressee.GUARDIAN),
}


@pytest.fixture(scope="module")
def listed(desk, tmp_path_factory):
    rows = {key: cells for key, (_, cells, _) in CASES.items()}
    path = tmp_path_factory.mktemp("identities") / "list.xlsx"
    return Listed(desk, path, rows, _ALL)


@pytest.mark.parametrize("key", CASES)
def test_a_number_in_a_list(listed, key):
    where, _, case = CASES[key]
    member = listed.members.get(key)
    column = where if len(where) == 1 else "F" if where == "id_number" else "B"
    stored = getattr(member, where) if member and len(where) > 1 else None
    listed.hold(key, case, column, stored)


@pytest.fixture(scope="module")
def launched(desk, listed):
    """What each member of the list is sent, by the member's id."""
    now = datetime.now(UTC)
    with desk.database.writing() as session:
        campaign = factories.campaign(
            session, due_at=now, send_before=now + timedelta(hours=8)
        )
        assert launching.launch(session, campaign.id, now)
    assert listed.members
    with desk.database.reading() as session:
        return {row.member_id: row for row in session.scalars(select(Message))}


@pytest.mark.parametrize("key", HEARS)
def test_who_is_sent_what_follows_from_the_list(listed, launched, key):
    message = launched[listed.members[f"H{key}"].id]
    assert (message.reason, message.addressee) == HEARS[key]
    assert (message.state == MessageState.SKIPPED) == (key == "147")


TWICE = {
    "H116": ([person(1), person(1)], "第 2 行"),
    "H142": ([person(1), person(1, name="另一个人")], "第 2 行"),
    "H143": (
        [person(1), person(1, certificate=number(1, county="510599") + "44")],
        "第 2 行",
    ),
}


@pytest.mark.parametrize("key", TWICE)
def test_one_person_in_two_rows_is_stored_once(desk, tmp_path, key):
    rows, says = TWICE[key]
    sent = desk.send(workbook(tmp_path / "list.xlsx", [HEADINGS, *rows, person(9)]))
    assert says in sent.cells["B3"]
    assert list(sent.rows) == [3]
    assert sent.people == 2
    expect(key, *sent.possible)


def test_an_expired_certificate_is_no_reason_to_leave_a_person_out(desk, tmp_path):
    headings = [*HEADINGS, "证件有效期至"]
    rows = [[*person(50), "2019-12-31"]]
    sent = desk.send(workbook(tmp_path / "list.xlsx", [headings, *rows]))
    assert "这些列没有用到：证件有效期至。" in sent.told
    assert sent.people == 1
    expect("H150", *sent.possible)
