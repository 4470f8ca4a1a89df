"""The register shows what a role may see, and keeps what it may not."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from sqlalchemy import func, select

from campaigns.register.models import Member, OptOut
from campaigns.vocabulary import Category
from outreach.audit import AuditRow
from outreach.sign_ins import SignIn

PHONE = "+8614000007777"


@pytest.fixture
def person(writing) -> int:
    with writing() as session:
        return factories.member(
            session, name="张三丰", phone=PHONE, category=Category.HEARING
        ).id


@pytest.fixture
def elsewhere(writing) -> int:
    with writing() as session:
        return factories.member(
            session, township="510522102", village="510522102201"
        ).id


@pytest.mark.usefixtures("person")
def test_the_list_masks_names_and_phones(visit) -> None:
    text = visit("xian").read("/register")
    assert "张＊＊" in text
    assert "140****7777" in text
    assert "尾号 7777" in text
    assert "张三丰" not in text
    assert "14000007777" not in text


def test_a_township_reads_how_to_meet_and_not_why(visit, person) -> None:
    clerk = visit("fubao")
    for address in ("/register", f"/register/{person}"):
        text = clerk.read(address)
        assert "写字" in text, address
        assert "听力残疾" not in text, address
    assert "听力残疾" in visit("xian").read(f"/register/{person}")


@pytest.mark.parametrize(("name", "status"), [("xian", 200), ("fubao", 404)])
def test_outside_ones_place_nobody_is_found(visit, elsewhere, name, status) -> None:
    assert visit(name).open(f"/register/{elsewhere}").status_code == status


def test_absent_and_not_yours_are_the_same_page(visit, elsewhere) -> None:
    clerk = visit("fubao")
    pages = [
        clerk.open(f"/register/{n}").get_data(as_text=True).split("<main")[1]
        for n in (elsewhere, 999_999)
    ]
    assert pages[0] == pages[1]


def test_another_category_is_not_an_associations_business(visit, person) -> None:
    assert visit("mangxie").open(f"/register/{person}").status_code == 404


def test_finding_by_phone_leaves_no_trace_in_an_address(visit, writing, person) -> None:
    clerk = visit("xian")
    answer = clerk.send("/register", "/register/find", find="140 0000 7777")
    assert f"/register/{person}" in answer.get_data(as_text=True)
    with writing() as session:
        deed = session.scalars(
            select(AuditRow).where(AuditRow.action == "find_member")
        ).one()
    assert deed.details == {"found": 1}


def test_revealing_needs_a_reason_and_is_recorded(visit, writing, person) -> None:
    clerk, address = visit("xian"), f"/register/{person}/reveal"
    without = clerk.send(address, fields="phone")
    assert without.status_code == 422
    assert PHONE not in without.get_data(as_text=True)
    clerk.send(address, fields="phone", reason="check")
    assert PHONE in clerk.read(address)
    with writing() as session:
        deed = session.scalars(
            select(AuditRow).where(AuditRow.action == "reveal")
        ).one()
        details = dict(deed.details)
        signed_in = session.scalars(select(func.max(SignIn.id))).one()
    assert deed.subject == f"member:{person}"
    assert details == {"fields": ["phone"], "reason": "check", "visit": signed_in}


def test_what_is_revealed_stays_five_minutes_for_this_sign_in_and_person(
    app, visit, writing, person, elsewhere, monkeypatch
) -> None:
    clerk, address = visit("xian"), f"/register/{person}/reveal"
    clerk.send(address, fields="phone", reason="check")
    again = clerk.open(address)
    assert PHONE in again.get_data(as_text=True)
    assert again.headers["Cache-Control"] == "no-store"
    assert "张三丰" not in again.get_data(as_text=True)
    assert 'name="reason"' in clerk.read(f"{address}?other=1")
    assert 'name="reason"' in clerk.read(f"/register/{elsewhere}/reveal")
    for other in (visit("shenpi"), visit("xian")):
        assert PHONE not in other.read(address)
    with writing() as session:
        looks = select(func.count()).where(AuditRow.action == "reveal")
        assert session.scalar(looks) == 1
    wired = app.extensions["outreach"]
    for seconds, seen in ((290, True), (301, False)):
        moment = wired.clock() + timedelta(seconds=seconds)
        with monkeypatch.context() as patch:
            patch.setattr(wired, "clock", lambda at=moment: at)
            assert (PHONE in clerk.read(address)) is seen


def test_only_the_county_reveals_a_number_of_identity(visit, person) -> None:
    clerk, address = visit("fubao"), f"/register/{person}/reveal"
    assert 'value="id_number"' not in clerk.read(address)
    answer = clerk.send(address, fields="id_number", reason="check")
    assert answer.status_code == 422


def test_a_refusal_counts_at_once_and_ends_by_a_second_person(
    visit, writing, person
) -> None:
    clerk, colleague = visit("xian"), visit("shenpi")
    clerk.send(f"/register/{person}/refusal", scope="all", source="phone")
    assert "全部拒收" in clerk.read(f"/register/{person}")
    with writing() as session:
        refusal = session.scalars(select(OptOut)).one().id
    page = f"/register/refusals/{refusal}/lift"
    asking = f"/register/refusals/{refusal}/ask-to-lift"
    assert clerk.send(page, asking, evidence="").status_code == 422
    assert clerk.send(page, asking, evidence="来电要求恢复").status_code == 303
    own = clerk.send("/register/refusals", page)
    assert own.status_code == 403
    assert "来电要求恢复" in colleague.read(page)
    colleague.send(page)
    with writing() as session:
        assert session.scalars(select(OptOut)).one().lifted_at is not None


def test_pages_follow_one_another_without_losing_anybody(visit, writing) -> None:
    with writing() as session:
        for _ in range(60):
            factories.member(session)
    clerk = visit("xian")
    first = clerk.read("/register")
    assert first.count("/register/") > 50
    where = first.split('rel="next"')[1].split('href="')[1].split('"')[0]
    second = clerk.read(where.replace("&amp;", "&"))
    with writing() as session:
        ids = session.scalars(select(Member.id)).all()
    shown = [n for n in ids if f'"/register/{n}"' in first + second]
    assert len(shown) == len(ids) == 60


def test_one_asks_that_a_person_be_forgotten_and_another_agrees(visit, writing):
    with writing() as session:
        person = factories.member(session, name="李忘记").id
    first, second = visit("xian"), visit("shenpi")
    page = f"/register/{person}/erase"
    assert first.send(page, evidence=" ").status_code == 422
    assert first.send(page, evidence="本人来局里要求的").status_code == 303
    agreed = "/register/erasures/1/agree"
    assert first.send("/register/erasures", agreed).status_code == 403
    assert "1 个人的资料等您同意删除" in second.read("/")
    assert second.send("/register/erasures", agreed).status_code == 303
    assert second.open(f"/register/{person}").status_code == 404
    assert "李忘记" not in second.read("/register")
    assert f">{person}<" in second.read("/register/erasures")


def test_how_long_data_are_kept_is_changed_by_two(visit):
    admin, county = visit("guanli"), visit("xian")
    propose = "/keeping/receipts/propose"
    assert admin.send("/keeping", propose, days="5").status_code == 303
    assert "30 到 1100 天" in admin.read("/keeping")
    assert county.send("/keeping", propose, days="120").status_code == 403
    admin.send("/keeping", propose, days="120")
    assert "提出改成 120 天" in county.read("/keeping")
    assert county.send("/keeping", "/keeping/receipts/agree").status_code == 303
    assert "120 天" in visit("shenji").read("/keeping")
