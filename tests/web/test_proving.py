"""Before what shows or sends much one proves once more who one is."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from office import PASSWORD
from sqlalchemy import select

from campaigns.vocabulary import Category
from outreach import second_step
from outreach.accounts import User
from outreach.audit import AuditRow
from outreach.sign_ins import SignIn


@pytest.fixture
def later(writing):
    """Lets some minutes pass since anybody typed a password."""

    def pass_by(minutes: int) -> None:
        with writing() as session:
            for visit in session.scalars(select(SignIn)):
                visit.proved_at -= timedelta(minutes=minutes)

    return pass_by


@pytest.fixture
def person(writing) -> int:
    with writing() as session:
        return factories.member(session, category=Category.VISUAL).id


def test_a_look_asks_again_after_a_quarter_of_an_hour(visit, later, person) -> None:
    officer, page = visit("xian"), f"/register/{person}/reveal"
    later(14)
    assert officer.open(page).status_code == 200
    later(2)
    answer = officer.open(page)
    assert answer.location == f"/me/again?next=/register/{person}/reveal"
    assert officer.open("/register").status_code == 200
    wrong = officer.send(answer.location, "/me/again", proof="x", next=page)
    assert wrong.status_code == 422
    assert officer.open(page).status_code == 303
    right = officer.send(answer.location, "/me/again", proof=PASSWORD, next=page)
    assert right.location == page
    assert officer.open(page).status_code == 200


def test_a_form_that_waited_too_long_does_nothing(
    visit, later, person, writing
) -> None:
    officer, page = visit("xian"), f"/register/{person}/reveal"
    form = {**officer.keys(page), "reason": "call", "note": "x"}
    later(20)
    where = {"Referer": f"http://localhost{page}"}
    answer = officer.client.post(page, data=form, headers=where)
    assert answer.location == f"/me/again?next={page}"
    with writing() as session:
        looks = select(AuditRow).where(AuditRow.action == "reveal")
        assert session.scalars(looks).all() == []
    elsewhere = {"Referer": f"http://evil.example{page}"}
    answer = officer.client.post(page, data=form, headers=elsewhere)
    assert answer.location == "/me/again?next=/"


def test_a_code_proves_as_a_password_does_and_once(visit, later, writing, now) -> None:
    officer = visit("xian")
    with writing() as session:
        mine = session.scalars(select(User.id).where(User.name == "xian")).one()
        line = second_step.print_sheet(session, mine, now)[0]
    later(20)
    for status in (303, 422):
        answer = officer.send("/me/again", proof=line, next="/register")
        assert answer.status_code == status


def test_proof_of_one_browser_is_none_of_another(visit, later) -> None:
    here, there = visit("xian"), visit("xian")
    later(20)
    here.send("/me/again", proof=PASSWORD)
    assert here.open("/accounts/grants").status_code == 200
    assert there.open("/accounts/grants").status_code == 303


def test_nobody_is_led_elsewhere_and_five_tries_are_enough(visit) -> None:
    officer = visit("xian")
    led = officer.send("/me/again", proof=PASSWORD, next="//evil.example")
    assert led.location == "/"
    tries = [officer.send("/me/again", proof="x").status_code for _ in range(5)]
    assert tries == [422] * 5
    keys = officer.keys("/me")
    again = officer.client.post("/me/again", data={**keys, "proof": PASSWORD})
    assert again.status_code == 429


def test_who_may_not_do_it_is_refused_and_not_asked(visit, later) -> None:
    clerk = visit("fubao")
    later(20)
    assert clerk.open("/accounts/grants").status_code == 403
    assert clerk.open("/register").status_code == 200


def test_a_file_of_numbers_is_asked_for_too(visit, later) -> None:
    officer = visit("xian")
    later(20)
    address = "/delivery/1/portal/1.txt"
    assert officer.open("/delivery/1/portal").status_code == 404
    assert officer.open(address).location == f"/me/again?next={address}"


def test_the_office_says_how_long_one_may_look_away(visit, app, writing) -> None:
    wiring = app.extensions["outreach"]
    chosen = wiring.settings.model_copy(update={"idle_minutes": 10})
    wiring.settings = chosen
    officer = visit("xian")
    assert 'data-after="480"' in officer.read("/")
    with writing() as session:
        for seen in session.scalars(select(SignIn)):
            seen.seen_at -= timedelta(minutes=11)
    answer = officer.open("/register")
    assert answer.location == "/sign-in?next=/register"
    assert "过了 10 分钟没有操作" in officer.read(answer.location)
