"""Signing in, staying in, and being put out."""

from __future__ import annotations

import factories
import pytest
from hostile.inputs import expect
from office import PASSWORD
from sqlalchemy import select

from outreach import accounts
from outreach.accounts import Grant, User
from outreach.web.safety import limiter

pytestmark = pytest.mark.xdist_group("hostile-sessions")  # one desk

WRONG = "falsch-falsch-1"


@pytest.fixture(autouse=True)
def patient_door():
    """What one test tried is not held against the next."""
    limiter.reset()


def cookie(visitor):
    return visitor.client.get_cookie("outreach").value


def try_to(desk, name, password, address="10.0.0.1", **fields):
    visitor = desk.visit()
    form = {**visitor.keys("/sign-in"), "name": name, "password": password, **fields}
    where = {"REMOTE_ADDR": address}
    return visitor.client.post("/sign-in", data=form, environ_overrides=where)


def account(session, name):
    return session.scalars(select(User).where(User.name == name)).one()


def test_a_session_of_before_is_worth_nothing_after(desk):
    visitor = desk.visit()
    visitor.open("/sign-in")
    fixed = cookie(visitor)
    visitor.send("/sign-in", name="xian", password=PASSWORD)
    assert cookie(visitor) != fixed
    other = desk.visit()
    other.client.set_cookie("outreach", fixed)
    assert other.open("/register").status_code == 303
    expect("H219", "R")


def test_a_cookie_of_a_sign_in_that_ended_is_worth_nothing(desk):
    visitor = desk.visit("shenji")
    kept = cookie(visitor)
    visitor.send("/me", "/sign-out")
    other = desk.visit()
    other.client.set_cookie("outreach", kept)
    assert other.open("/audit").status_code == 303
    expect("H220", "R")


def test_a_role_taken_away_counts_at_once(desk):
    visitor = desk.visit("mangxie")
    assert visitor.open("/register").status_code == 200
    with desk.database.writing() as session:
        mine = account(session, "mangxie").id
        grant = session.scalars(select(Grant).where(Grant.user_id == mine)).one()
        grant.revoked_at = factories.NOW
    assert visitor.open("/register").status_code == 403
    expect("H221", "R")


def test_an_account_that_is_disabled_exports_no_more(desk):
    visitor = desk.visit("shenpi")
    assert visitor.open("/register/imports/blank").status_code == 200
    with desk.database.writing() as session:
        account(session, "shenpi").disabled_at = factories.NOW
    assert visitor.open("/register/imports/blank").status_code == 303
    assert try_to(desk, "shenpi", PASSWORD).status_code == 422
    expect("H222", "R")


def test_guessing_is_slowed_and_nobody_else_is_locked_out(desk):
    tries = [try_to(desk, "xian", WRONG).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
    assert try_to(desk, "xian", PASSWORD, address="10.0.0.2").status_code == 303
    limiter.reset()
    spray = [try_to(desk, f"user{n}", WRONG).status_code for n in range(62)]
    assert spray == [422] * 60 + [429] * 2
    assert try_to(desk, "cun", PASSWORD, address="10.0.0.3").status_code == 303
    expect("H223", "R")


def test_no_answer_tells_which_names_exist(desk, monkeypatch):
    hashed = []
    verify = accounts._HASHER.verify
    monkeypatch.setattr(
        accounts,
        "_HASHER",
        type("Counted", (), {"verify": lambda _, *a: hashed.append(1) or verify(*a)})(),
    )
    texts = []
    for name in ("xian", "nobody"):
        answer = try_to(desk, name, WRONG)
        texts.append(answer.text.split("<main")[1].split("<form")[0])
        assert answer.status_code == 422
    assert texts[0] == texts[1]
    assert len(hashed) == 2
    expect("H224", "R")


@pytest.mark.parametrize(
    "password",
    [
        "云山苍苍江水泱泱先生之风山高水长" * 4,
        "é🙂ß-passphrase-" * 4,
        "tea for two " * 5,
    ],
)
def test_a_password_may_be_long_and_of_any_script(desk, password):
    with desk.database.writing() as session:
        accounts.set_password(session, "fubao", password, factories.NOW)
    assert try_to(desk, "fubao", password).status_code == 303
    assert try_to(desk, "fubao", password[:-1]).status_code == 422
    expect("H225", "A")


def test_a_password_that_is_too_long_is_refused_in_a_sentence(desk):
    assert try_to(desk, "xian", "x" * 1_000).status_code == 422
    visitor = desk.visit("xian")
    answer = visitor.send("/me/password", old=PASSWORD, new="密" * 1_000)
    assert answer.status_code == 422
    assert "12 到 128 个字符" in answer.text


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/\t/evil.example",
        "http:evil.example",
    ],
)
def test_nobody_is_led_elsewhere(desk, to):
    answer = try_to(desk, "xian", PASSWORD, next=to)
    assert answer.status_code == 303
    assert "evil" not in answer.location.split("?")[0].removeprefix("/")
    assert answer.location.startswith("/")
    assert not answer.location.startswith("//")
    assert "Set-Cookie: x" not in str(answer.headers)
    expect("H226", "R")
