"""A roster comes in by the pages: chosen, matched, checked, confirmed, taken in."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import factories
import openpyxl
import pytest
from office import Visitor
from sqlalchemy import func, select, update

from campaigns.audience import segments, sizes
from campaigns.register.certificates import check_digit
from campaigns.register.import_models import Import
from campaigns.register.importing import inspection
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.register.unit import current_unit
from campaigns.vocabulary import ImportState
from outreach import intake, wiring
from outreach.audit import AuditRow

MADE = datetime(2026, 11, 1, tzinfo=UTC)
HEADINGS = ("姓名", "残疾人证号", "乡镇", "村", "联系电话")


def certificate(first17: str, category: int = 4, grade: int = 2) -> str:
    return f"{first17}{check_digit(first17)}{category}{grade}"


def roster(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def person(n: int, **given: str) -> tuple[str, ...]:
    facts = {
        "name": f"测试{'甲乙丙丁戊'[n]}",
        "certificate": certificate(f"5105991970010100{n}"),
        "township": "福宝镇",
        "village": "大坪村",
        "phone": f"1400000222{n}",
    }
    return tuple({**facts, **given}.values())


def upload(visitor: Visitor, content: bytes, name: str = "名册.xlsx", **more: str):
    fields = {
        **visitor.keys("/register/imports/new"),
        "legal_basis": "statutory",
        "file": (io.BytesIO(content), name),
        **more,
    }
    address = "/register/imports/new"
    return visitor.client.post(address, data=fields, content_type="multipart/form-data")


def work() -> None:
    """What a worker does when it is nudged: here there is none."""
    current = wiring.current()
    with current.database.reading() as session:
        waiting = list(session.scalars(select(Import)))
    for made in waiting:
        if made.state is ImportState.CHECKING:
            intake.check(current, made.id)
        if made.state is ImportState.IMPORTING:
            intake.take_in(current, made.id)
        if made.state is ImportState.UNDOING:
            intake.undo(current, made.id)


@pytest.fixture(autouse=True)
def no_queue(monkeypatch) -> None:
    """The hints go nowhere; the rows are the truth."""
    for module in ("imports", "undoing"):
        monkeypatch.setattr(f"outreach.web.{module}.nudge", lambda *_: False)


def people(writing) -> int:
    with writing() as session:
        return session.scalar(select(func.count()).select_from(Member))


def test_right_rows_come_in_and_wrong_ones_are_said_cell_by_cell(
    visit, writing
) -> None:
    clerk = visit("xian")
    content = roster(person(0), person(1), person(2, village="没有村"))
    address = upload(clerk, content).location
    assert "正在检查" in clerk.read(address)
    work()
    text = clerk.read(address)
    assert "核对：3 行 (2/2)" in " ".join(text.split())
    assert "(1/2)" in clerk.read("/register/imports/new")
    assert "D4" in text
    assert "14000002220" not in text
    assert people(writing) == 0
    clerk.send(address, f"{address}/take-in")
    assert "正在导入" in clerk.read(address)
    with writing() as session:
        everyone = segments.make_standard_segments(session, factories.NOW)[0].id
    work()
    assert "已导入 2 人" in clerk.read(address)
    assert people(writing) == 2
    with writing() as session:
        kept = sizes.kept(session, Scope((current_unit(session).place_code,)))
        counted = kept[everyone]
    assert (counted.people, counted.reachable) == (2, 2)


def test_the_same_file_again_changes_nothing(visit, writing) -> None:
    clerk = visit("xian")
    content = roster(person(0), person(1))
    for _ in range(2):
        address = upload(clerk, content).location
        work()
        clerk.send(address, f"{address}/take-in")
        work()
    assert people(writing) == 2
    assert "没有变化" in clerk.read(address)


def test_a_column_nobody_knows_is_asked_about_once(visit) -> None:
    clerk = visit("xian")
    headings = (*HEADINGS, "鞋码")
    for expected in ("columns", ""):
        address = upload(clerk, roster((*person(0), "42"), headings=headings)).location
        work()
        answer = clerk.open(address)
        assert (answer.location or "").endswith(expected)
        if expected:
            text = clerk.read(answer.location)
            assert "鞋码" in text
            assert person(0)[1] not in text
            chosen = {f"column-{n}": f for n, f in enumerate(COLUMNS)}
            assert "(2/3)" in text
            clerk.send(answer.location, **chosen)
            work()
            assert "(3/3)" in clerk.read(address)
            clerk.send(address, f"{address}/take-in")
            work()
            assert "已导入 1 人" in clerk.read(address)


COLUMNS = ("name", "certificate", "township", "village", "phone", "")


def test_a_long_list_waits_for_a_colleague(visit, writing, monkeypatch) -> None:
    monkeypatch.setattr(inspection, "CONFIRMED_FROM", 1)
    clerk, colleague = visit("xian"), visit("shenpi")
    address = upload(clerk, roster(person(0), person(1))).location
    work()
    own = clerk.read(address)
    assert "要请另一位同事确认" in own
    assert f"{address}/confirm" not in own
    assert clerk.send(address, f"{address}/confirm").status_code == 403
    assert "份名册等您确认导入" in colleague.read("/")
    colleague.send(address, f"{address}/confirm")
    work()
    assert people(writing) == 2


def test_a_file_that_is_no_roster_is_said_in_a_sentence(visit) -> None:
    clerk = visit("xian")
    address = upload(clerk, b"%PDF-1.4 nothing", "名册.xlsx").location
    work()
    text = clerk.read(address)
    assert "名册没有变" in text
    assert 'class="notice bad"' in text


def test_without_a_file_the_form_says_so_and_keeps_the_rest(visit) -> None:
    clerk = visit("xian")
    answer = clerk.send("/register/imports/new", legal_basis="consent", source="省里")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "还没有选文件" in text
    assert 'value="省里"' in text


def test_what_is_discarded_leaves_nothing_behind(visit, writing, app) -> None:
    clerk = visit("xian")
    address = upload(clerk, roster(person(0))).location
    work()
    clerk.send(address, f"{address}/discard")
    settings = app.extensions["outreach"].settings
    assert not intake.folder(settings, 1).exists()
    assert people(writing) == 0


def test_the_file_is_wiped_once_it_is_in(visit, app) -> None:
    clerk = visit("xian")
    address = upload(clerk, roster(person(0))).location
    settings = app.extensions["outreach"].settings
    assert (intake.folder(settings, 1) / "file").stat().st_mode & 0o077 in {0o044, 0}
    work()
    clerk.send(address, f"{address}/take-in")
    work()
    assert not intake.folder(settings, 1).exists()


def test_the_correction_workbook_holds_the_wrong_rows(visit) -> None:
    clerk = visit("xian")
    address = upload(clerk, roster(person(0), person(1, village="没有村"))).location
    work()
    answer = clerk.open(f"{address}/correction")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "没有村" in cells
    assert person(0)[0] not in cells


def test_an_association_checks_and_never_takes_in(visit) -> None:
    other = visit("mangxie")
    address = upload(other, roster(person(0))).location
    work()
    assert f"{address}/take-in" not in other.read(address)
    assert other.send(address, f"{address}/take-in").status_code == 403


def test_every_step_is_in_the_audit(visit, writing) -> None:
    clerk = visit("xian")
    address = upload(clerk, roster(person(0))).location
    work()
    clerk.send(address, f"{address}/take-in")
    with writing() as session:
        deeds = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert deeds[-2:] == ["check_import", "take_in_import"]


def test_an_import_is_taken_back_by_two_people_and_says_what_came_of_whom(
    visit, writing
) -> None:
    clerk, colleague = visit("xian"), visit("shenpi")
    for rows in ([person(0)], [person(0, phone="14000002299"), person(1), person(2)]):
        address = upload(clerk, roster(*rows)).location
        work()
        clerk.send(address, f"{address}/take-in")
        work()
    with writing() as session:
        session.scalars(select(Member).order_by(Member.id)).all()[-1].grade = 1
        session.execute(update(Member).where(Member.grade == 1).values(updated_at=MADE))
    page = f"{address}/undo"
    assert page in clerk.read(address)
    assert clerk.send(page, reason=" ").status_code == 422
    assert clerk.send(page, reason="传错了表").location == address
    assert clerk.send(page, f"{page}/agree").status_code == 403
    assert "有人提出撤销这次导入" in clerk.read(address)
    assert "1 次导入等您同意撤销" in colleague.read("/")
    assert "次导入等您同意撤销" not in clerk.read("/")
    assert "传错了表" in colleague.read(page)
    assert colleague.send(page, f"{page}/agree").location == address
    assert "正在撤销" in clerk.read(address)
    work()
    text = clerk.read(address)
    assert "去掉 1 人，恢复 1 人，没有动 1 人" in text
    assert "导入以后有人改过" in text
    assert "后来的名册里也有" not in text
    assert page not in text
    with writing() as session:
        states = session.scalars(select(Member.status).order_by(Member.id)).all()
        assert [state.value for state in states] == ["active", "erased", "active"]
        assert session.scalars(select(Member.phone).limit(1)).one()[-4:] == "2220"
        undone = AuditRow.action.contains("undo")
        deeds = session.scalars(select(AuditRow.action).where(undone)).all()
    assert sorted(deeds) == ["ask_undo_import", "undo_import"]


def test_an_import_that_nobody_agrees_to_take_back_stays(visit, writing) -> None:
    clerk, colleague = visit("xian"), visit("shenpi")
    address = upload(clerk, roster(person(0))).location
    work()
    clerk.send(address, f"{address}/take-in")
    work()
    page = f"{address}/undo"
    clerk.send(page, reason="传错了表")
    assert colleague.send(page, f"{page}/drop").location == address
    assert people(writing) == 1
    assert "有人提出撤销" not in clerk.read(address)
    assert "提出撤销" in clerk.read(page)
    assert visit("mangxie").open(page).status_code == 403
