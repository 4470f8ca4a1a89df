"""Telephone numbers as offices write them, each a row of one list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factories
import pytest
from hostile.inputs import expect
from hostile.rows import Case, Listed
from lists import HEADINGS, person, workbook
from sqlalchemy import select

from campaigns.delivery import launching
from campaigns.delivery.models import Message
from campaigns.register.models import Place
from campaigns.vocabulary import MessageState, Reason

pytestmark = pytest.mark.xdist_group("hostile-phones")  # one desk

LOST = "末尾的数字已经丢失"
SAME, OTHER = "+8613800138000", "+8613900139000"
"""Used six times each: of a seventh person behind one number one is told."""
CASES = {
    "H081": Case("13800138000", SAME),
    "H082": Case("+8613800138000", SAME),
    "H083": Case("008613800138000", SAME),
    "H084": Case("8613800138000", SAME),
    "H085": Case("138 0013 8000", SAME),
    "H086": Case("138-0013-8000", SAME),
    "H087": Case("１３９００１３９０００", OTHER),
    "H088": Case("13900139000.0", OTHER),
    "H089": Case("1.38E+10", says=LOST),
    "H090": Case("1.38001E+10", says=LOST),
    "H091": Case(13900139000, OTHER),
    "H092": Case("'13900139000", OTHER),
    "H093": Case("\u00a0\u200b13900139000\u202c\ufeff", OTHER),
    "H094": Case("139\u202e00139000", OTHER),
    "H095": Case("١٣٨٠٠١٣٨٠٠١", "+8613800138001"),
    "H096": Case("1380013800", says="现在是 10 位"),
    "H097": Case("138001380000", says="现在是 12 位"),
    "H098": Case("12345678901", says="以 13 到 19 开头"),
    "H099": Case("11000000000", says="以 13 到 19 开头"),
    "H100": Case("0579-88888888", says="座机"),
    "H101": Case("400-810-0000", says="服务号码"),
    "H102": Case("17000000000", "+8617000000000"),
    "H103": Case("19412345678", "+8619412345678", says="号段"),
    "H104": Case("17401234567", "+8617401234567"),
    "H105": Case("+85291234567", says="境外"),
    "H106": Case("+12025550123", says="境外"),
    "H107": Case("10690000123456", says="服务号码"),
    "H108": Case("12345", says="服务号码"),
    "H109": Case("13800138001/13900139000", "+8613800138001", says="几个号码"),
    "H110": Case("13800138000(儿子)", None, says="记作监护人电话"),
    "H111": Case("—", None),
    "H113": Case("1380O138OOO", says="不是数字"),
    "H114": Case("1️⃣3️⃣800138000", says="不是数字"),
    "H118": Case("14900000118", "+8614900000118", says="值守人"),
    "H119": Case("16899168", says="现在是 8 位"),
    "H120": Case("14400012345678", says="现在是 14 位"),
}


@pytest.fixture(scope="module")
def listed(desk, tmp_path_factory):
    with desk.database.writing() as session:
        village = session.scalars(
            select(Place).where(Place.name.startswith("穆村"))
        ).one()
        village.duty_phone = "+8614900000118"
    rows = {
        number: person(at, phone=case.given)
        for at, (number, case) in enumerate(CASES.items(), 1)
    }
    path = tmp_path_factory.mktemp("phones") / "list.xlsx"
    return Listed(desk, path, rows, HEADINGS)


@pytest.mark.parametrize("number", CASES)
def test_a_phone_in_a_list(listed, number):
    member = listed.members.get(number)
    listed.hold(number, CASES[number], "E", member and member.phone)


def test_a_hundred_people_behind_one_number_are_told(desk, tmp_path):
    rows = [person(n, phone="14000000999") for n in range(200, 300)]
    sent = desk.send(workbook(tmp_path / "list.xlsx", [HEADINGS, *rows]))
    assert "1 个号码有 6 人以上共用" in sent.told[-1]
    assert sent.people == 100
    expect("H115", *sent.possible)


def test_a_number_in_the_column_of_names_is_refused_in_its_cell(desk, tmp_path):
    rows = [person(1, name="13800138000"), person(2)]
    sent = desk.send(workbook(tmp_path / "list.xlsx", [HEADINGS, *rows]))
    assert "填错了列" in sent.cells["A2"]
    assert sent.people == 1
    expect("H112", *sent.possible)


def test_two_people_with_one_phone_get_one_text(desk, tmp_path):
    rows = [person(n, phone="14000000777") for n in (301, 302)]
    sent = desk.send(workbook(tmp_path / "list.xlsx", [HEADINGS, *rows]))
    desk.take_in(sent)
    expect("H117", *sent.possible)
    both = {member.id for member in desk.members()[-2:]}
    now = datetime.now(UTC)
    with desk.database.writing() as session:
        campaign = factories.campaign(
            session, due_at=now, send_before=now + timedelta(hours=8)
        )
        assert launching.launch(session, campaign.id, now)
    with desk.database.reading() as session:
        rows = session.scalars(select(Message).where(Message.member_id.in_(both)))
        found = sorted((row.state, row.reason) for row in rows)
    assert found == [
        (MessageState.QUEUED, Reason.NONE),
        (MessageState.SKIPPED, Reason.SHARED_PHONE),
    ]
