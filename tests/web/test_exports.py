"""A list of people leaves scoped, marked, once, within a day, and whole by two."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import factories
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from campaigns.delivery import portal, portal_files
from campaigns.delivery.launching import launch
from campaigns.errors import NotReady
from campaigns.vocabulary import Category
from outreach import exports, retention
from outreach.audit import AuditRow

HERE, THERE = "510522112", "510522102"


@pytest.fixture
def people(writing):
    with writing() as session:
        for n in range(3):
            factories.member(session, name=f"甲{n}", phone=f"+86159111122{n:02}")
        factories.member(
            session,
            name="乙那边",
            township=THERE,
            village=f"{THERE}201",
            category=Category.VISUAL,
        )


def taken(visitor, number: int, kind: str = "masked") -> Workbook:
    answer = visitor.send(
        "/register/exports", f"/register/exports/{number}/take-{kind}"
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return load_workbook(BytesIO(answer.data))


def cells(book: Workbook) -> list[str]:
    return [str(c.value) for row in book.active for c in row if c.value is not None]


@pytest.mark.usefixtures("people")
def test_a_list_is_masked_scoped_and_marked(visit, writing):
    page = "/register/exports"
    for name, there, people in (
        ("xian", True, 4),
        ("fubao", False, 3),
        ("mangxie", True, 1),
    ):
        visitor = visit(name)
        assert visitor.send(page, f"{page}/masked").status_code == 303
        number = re.search(r"/exports/(\d+)/take-masked", visitor.read(page))[1]
        book = taken(visitor, int(number))
        told = cells(book)
        assert ("白沙镇" in told) == there
        assert len([t for t in told if re.fullmatch(r"\d+", t)]) == people
        assert not [t for t in told if "甲0" in t or "15911112200" in t]
        mark = f"E-{number} · {name}"
        assert any(mark in t for t in told)
        assert mark in book.active.oddFooter.left.text
        assert mark in book.properties.description
        assert any("类别" in t for t in told) == (name != "fubao")
    with writing() as session:
        deeds = [row.action for row in session.query(AuditRow)]
    assert deeds.count("take_export") == 3


@pytest.mark.usefixtures("people")
def test_it_is_given_once_to_its_maker_and_within_a_day(app, visit, writing):
    page = "/register/exports"
    visitor, other = visit("fubao"), visit("xian")
    for _ in range(2):
        visitor.send(page, f"{page}/masked")
    assert other.send(page, f"{page}/1/take-masked").status_code == 404
    taken(visitor, 1)
    assert visitor.send(page, f"{page}/1/take-masked").status_code == 409
    wiring = app.extensions["outreach"]
    left = exports.folder(wiring.settings)
    (left / "2.xlsx").write_bytes(b"half written when the power went")
    (left / "99.xlsx").write_bytes(b"nobody's")
    moment = wiring.clock() + timedelta(hours=25)
    wiring.clock = lambda: moment
    assert retention.keep(wiring)["lists"] == 2
    assert list(left.iterdir()) == []
    with writing() as session, pytest.raises(NotReady):
        exports.take(session, 2, unmasked=False, by=4, now=moment)


@pytest.mark.usefixtures("people")
def test_without_masks_more_than_a_few_hundred_need_two(visit, monkeypatch):
    monkeypatch.setattr(exports, "ALONE", 3)
    page = "/register/exports"
    first, second = visit("xian"), visit("shenpi")
    assert first.send(page, f"{page}/whole", reason=" ").status_code == 422
    first.send(page, f"{page}/whole", reason="慰问")
    assert first.send(page, f"{page}/1/take-whole").status_code == 409
    assert first.send(page, f"{page}/1/agree").status_code == 403
    assert "1 份名单等您同意导出" in second.read("/")
    assert second.send(page, f"{page}/1/agree").status_code == 303
    told = cells(taken(first, 1, "whole"))
    assert "甲0" in told
    assert "+8615911112200" in told
    assert visit("fubao").send(page, f"{page}/whole", reason="看").status_code == 403
    assert visit("mangxie").send(page, f"{page}/whole", reason="看").status_code == 403


@pytest.mark.usefixtures("people")
def test_a_few_people_without_masks_need_a_reason_alone(visit):
    page = "/register/exports"
    visitor = visit("xian")
    assert visitor.send(page, f"{page}/whole", reason="慰问").status_code == 303
    assert "甲1" in cells(taken(visitor, 1, "whole"))


def test_a_number_file_ends_with_its_results_and_after_a_week(writing, tmp_path):
    moment = factories.NOW
    with writing() as session:
        factories.member(session, category=Category.VISUAL)
        found = factories.campaign(session, provider="portal_file")
        launch(session, found.id, moment)
        (batch,) = portal.make_batches(session, found.id, by=1, now=moment)
        file = tmp_path / "numbers.txt"
        assert portal_files.batch_file(session, batch.id, file, moment) == 1
        with pytest.raises(NotReady):
            portal_files.batch_file(session, batch.id, file, moment + portal_files.LIFE)
        batch.state = "returned"
        with pytest.raises(NotReady):
            portal_files.batch_file(session, batch.id, file, moment)
