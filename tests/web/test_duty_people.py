"""Who is on call is written down on a page, masked, by whoever signs off plays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaigns.register.models import Place
from outreach.audit import AuditRow

PAGE = "/fieldwork/duty"
DAPING, FUBAO, COUNTY = "510522112201", "510522112", "510522"


def phones(writing, code):
    with writing() as session:
        place = session.get_one(Place, code)
        return place.duty_phone, place.second_phone


def test_a_township_keeps_its_villages_and_its_own_leader(visit, writing):
    who = visit("fubao")
    given = {"first_name": "李值班", "first_phone": "140 0000 1111"}
    for code in (DAPING, FUBAO):
        answer = who.send(f"{PAGE}/{code}", **given, second_phone="")
        assert answer.status_code == 303
        assert phones(writing, code) == ("+8614000001111", None)
    text = who.read(PAGE)
    assert "李＊＊" in text
    assert "140****1111" in text
    assert "没有填" in text
    assert "14000001111" in who.read(f"{PAGE}/{DAPING}")
    with writing() as session:
        deeds = session.scalars(select(AuditRow.action)).all()
    assert deeds.count("set_duty") == 2


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("0830-1234567", "", "手机号"),
        ("", "14000001111", "先填第一个人的号码"),
        ("14000001111", "14000001111", "两个人的号码一样"),
    ],
)
def test_what_takes_no_texts_is_refused(visit, writing, first, second, said):
    answer = visit("xian").send(
        f"{PAGE}/{COUNTY}", first_phone=first, second_phone=second
    )
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert phones(writing, COUNTY) == (None, None)


def test_nobody_sees_another_place(visit):
    assert visit("fubao").open(f"{PAGE}/{COUNTY}").status_code == 404
    assert visit("fubao").open(f"{PAGE}/510522102201").status_code == 404
    assert visit("cun").open(PAGE).status_code == 403
