"""The pages of possible duplicates: told apart, merged field by field, undone."""

from __future__ import annotations

import factories
import pytest
from sqlalchemy import select

from campaigns.register.duplicates import Duplicate
from campaigns.register.members import name_index
from campaigns.register.models import Member
from campaigns.vocabulary import MemberStatus
from outreach.audit import AuditRow

PAGE = "/register/duplicates"


@pytest.fixture
def pair(writing) -> tuple[int, int]:
    """One person twice, with two phones."""
    with writing() as session:
        name = {"name": "张三丰", "name_index": name_index("张三丰")}
        rows = [
            factories.member(session, **name, phone=f"+861400000720{n}") for n in "12"
        ]
        return rows[0].id, rows[1].id


def deeds(writing) -> set[str]:
    with writing() as session:
        return set(session.scalars(select(AuditRow.action)))


def rows_of(writing, pair):
    with writing() as session:
        return [
            (it.status.value, it.phone[-4:])
            for it in (session.get_one(Member, key) for key in pair)
        ]


def test_the_register_leads_to_masked_pairs_and_who_differs_stays_away(
    visit, writing, pair
):
    county = visit("xian")
    assert "疑似重复 1 对" in county.read("/register")
    text = county.read(PAGE)
    assert "张三丰" not in text
    assert "14000007201" not in text
    assert "尾号 7201" in text
    one, two = pair
    assert county.send(PAGE, f"{PAGE}/{one}/{two}/apart").status_code == 303
    assert "没有疑似重复的" in county.read(PAGE)
    assert "疑似重复 0 对" in county.read("/register")
    assert "tell_apart" in deeds(writing)


@pytest.mark.parametrize("who", ["mangxie", "fubao", "cun", "shenji", "guanli"])
def test_nobody_but_the_county_merges(visit, writing, pair, who):
    one, two = pair
    visitor = visit(who)
    assert visitor.open(PAGE).status_code == 403
    for deed in ("", "/apart"):
        answer = visitor.send("/me", f"{PAGE}/{one}/{two}{deed}")
        assert answer.status_code == 403
    with writing() as session:
        assert session.scalars(select(Duplicate)).all() == []


def test_they_are_merged_field_by_field_and_two_again(visit, writing, pair):
    one, two = pair
    county, form = visit("xian"), f"{PAGE}/{one}/{two}"
    assert "张三丰" not in county.read(form)
    identity = {"identity": one}
    missing = county.send(form, keep=one, **identity)
    assert missing.status_code == 422
    assert "请选用哪一条的" in missing.get_data(as_text=True)
    assert county.send(form, keep=99, phone=two, **identity).status_code == 422
    done = county.send(form, keep=one, phone=two, **identity)
    assert (done.status_code, done.location) == (303, f"/register/{one}")
    assert rows_of(writing, pair) == [("active", "7202"), ("merged", "7201")]
    assert f"/register/{two}" in county.read(f"/register/{one}")
    assert "这一条已经合并" in county.read(f"/register/{two}")
    assert county.open(form).status_code == 404
    with writing() as session:
        key = session.scalars(select(Duplicate.id)).one()
    page, undo = f"/register/{one}", f"{PAGE}/{key}/separate"
    assert county.send(page, undo).status_code == 303
    assert rows_of(writing, pair) == [("active", "7201"), ("active", "7202")]
    assert "已经撤销" in county.client.post(
        undo, data=county.keys(page), follow_redirects=True
    ).get_data(as_text=True)
    assert {"merge_members", "separate_members"} <= deeds(writing)


def test_a_second_row_can_be_the_one_that_stays(visit, writing, pair):
    one, two = pair
    form = f"{PAGE}/{one}/{two}"
    visit("xian").send(form, keep=two, phone=one, identity=one)
    assert rows_of(writing, pair) == [
        (MemberStatus.MERGED.value, "7202"),
        (MemberStatus.ACTIVE.value, "7201"),
    ]
