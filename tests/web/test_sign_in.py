"""Signing in tells nobody which half was wrong, and a sign-in ends when it should."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from office import PASSWORD
from sqlalchemy import select

from campaigns.errors import Refused
from outreach import accounts, own_sign_ins, passwords, sign_ins
from outreach.access import Acting
from outreach.accounts import Grant, Role, User
from outreach.audit import AuditRow
from outreach.sign_ins import SignIn


def test_a_wrong_name_and_a_wrong_password_get_the_same_page(visit) -> None:
    texts = []
    for name in ("xian", "nobody"):
        answer = visit().send("/sign-in", name=name, password="falsch-falsch-1")
        assert answer.status_code == 422
        texts.append(answer.get_data(as_text=True).split("<main")[1].split("<form")[0])
    assert texts[0] == texts[1]


def test_what_was_typed_stays_but_never_the_password(visit) -> None:
    answer = visit().send("/sign-in", name="xian", password="falsch-falsch-1")
    text = answer.get_data(as_text=True)
    assert 'value="xian"' in text
    assert "falsch-falsch-1" not in text
    assert "<title>\n      出错" in text or "出错：" in text


def test_after_five_tries_one_waits_a_minute(visit) -> None:
    stranger = visit()
    statuses = [
        stranger.send("/sign-in", name="xian", password="falsch-falsch-1").status_code
        for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "\\x"])
def test_one_is_never_led_elsewhere_after_signing_in(visit, address: str) -> None:
    answer = visit().send("/sign-in", name="xian", password=PASSWORD, next=address)
    assert answer.location == "/"


def test_one_comes_back_to_the_page_one_wanted(visit) -> None:
    stranger = visit()
    wanted = stranger.open("/register/refusals")
    answer = stranger.send(
        wanted.location, "/sign-in", name="xian", password=PASSWORD, next="/register"
    )
    assert answer.location == "/register"


def test_a_cookie_of_a_sign_in_that_ended_is_worth_nothing(visit) -> None:
    person = visit("xian")
    cookie = person.client.get_cookie("outreach").value
    person.send("/me", "/sign-out")
    thief = visit()
    thief.client.set_cookie("outreach", cookie)
    assert thief.open("/register").status_code == 303


def test_a_disabled_account_is_out_at_once(visit, writing, now) -> None:
    person = visit("fubao")
    with writing() as session:
        session.scalars(
            select(User).where(User.name == "fubao")
        ).one().disabled_at = now
    assert person.open("/register").status_code == 303


def signed_in(session, name: str, now) -> str:
    token = sign_ins.sign_in(session, name, PASSWORD, now=now)
    assert token is not None
    return token


@pytest.fixture
def user(session, now) -> User:
    return accounts.add_user(
        session, name="mei", shown_as="mei", password=PASSWORD, now=now
    )


@pytest.mark.usefixtures("user")
def test_half_an_hour_without_a_press_ends_a_sign_in(session, now) -> None:
    token = signed_in(session, "mei", now)
    soon, late = now + timedelta(minutes=29), now + timedelta(minutes=31)
    assert isinstance(sign_ins.who(session, token, soon), Acting)
    assert sign_ins.who(session, token, late) is None
    sign_ins.touch(session, token, soon)
    assert sign_ins.who(session, token, late) is not None


@pytest.mark.usefixtures("user")
def test_nobody_stays_signed_in_longer_than_eight_hours(session, now) -> None:
    token = signed_in(session, "mei", now)
    moment = now
    while moment < now + timedelta(hours=8):
        moment += timedelta(minutes=20)
        sign_ins.touch(session, token, moment)
    assert sign_ins.who(session, token, now + timedelta(hours=8, minutes=1)) is None


@pytest.mark.usefixtures("user")
def test_the_fourth_sign_in_ends_the_first(session, now) -> None:
    tokens = [signed_in(session, "mei", now) for _ in range(4)]
    alive = [sign_ins.who(session, token, now) is not None for token in tokens]
    assert alive == [False, True, True, True]


@pytest.mark.usefixtures("user")
def test_a_new_password_ends_the_other_sign_ins(session, now) -> None:
    here, there = (signed_in(session, "mei", now) for _ in range(2))
    acting = sign_ins.who(session, here, now)
    new = "yi-ju-hao-ji-de-hua"
    own_sign_ins.change_password(session, acting, PASSWORD, new, now=now)
    assert sign_ins.who(session, here, now) is not None
    assert sign_ins.who(session, there, now) is None
    assert sign_ins.sign_in(session, "mei", new, now=now) is not None


@pytest.mark.parametrize(
    "weak",
    [
        "short-8-abc",
        "x" * 129,
        "aaaaaaaaaaaa",
        "121212121212",
        "Password-2026-x",
        "hejiang-canlian-1",
        "我的密码就是这一句话呀呀",
        "mei-hua-kai-le-7",
    ],
)
def test_a_password_that_is_tried_first_is_refused(weak: str) -> None:
    with pytest.raises(Refused):
        passwords.check_password("mei", weak)


@pytest.mark.parametrize(
    "good",
    [
        "yi-ju-hao-ji-de-hua",
        "长江边上的桂花树开了两次",
        "x7" * 2 + "-kuai-le-ya",
        "éèêë-abcd-yu",
    ],
)
def test_a_sentence_is_a_good_password(good: str) -> None:
    passwords.check_password("xian", good)


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
WECHAT = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 MicroMessenger/8.0.50"


def test_one_sees_ones_sign_ins_and_ends_another(visit, writing) -> None:
    desk, phone = visit(), visit()
    for person, agent in ((desk, FIREFOX), (phone, WECHAT)):
        person.client.environ_base["HTTP_USER_AGENT"] = agent
        person.send("/sign-in", name="xian", password=PASSWORD)
    page = desk.read("/me")
    assert "Firefox · Windows" in page
    assert "WeChat · Android" in page
    ends = re.findall(r"/me/sign-ins/\d+/end", page)
    assert len(ends) == 1, "the one in use has no button"
    assert desk.send("/me", ends[0]).status_code == 303
    assert phone.open("/register").status_code == 303
    assert desk.open("/register").status_code == 200
    assert "WeChat" not in desk.read("/me")
    with writing() as session:
        deed = AuditRow.action == "end_own_sign_in"
        assert len(session.scalars(select(AuditRow).where(deed)).all()) == 1


def test_nobody_ends_anothers_sign_in(visit, writing) -> None:
    person, other = visit("xian"), visit("shenpi")
    with writing() as session:
        newest = session.scalar(select(SignIn.id).order_by(SignIn.id.desc()).limit(1))
    assert person.send("/me", f"/me/sign-ins/{newest}/end").status_code == 404
    assert other.open("/register").status_code == 200
    assert person.send("/me", "/me/sign-out-everywhere").status_code == 303
    assert person.open("/register").status_code == 303
    assert other.open("/register").status_code == 200


@pytest.mark.usefixtures("user")
def test_what_ended_or_is_late_is_no_open_sign_in(session, user, now) -> None:
    token = signed_in(session, "mei", now)
    acting = sign_ins.who(session, token, now)
    late = now + timedelta(minutes=31)
    listed = own_sign_ins.open_ones(session, user.id, now)
    assert [visit.id for visit in listed] == [acting.visit]
    assert own_sign_ins.open_ones(session, user.id, late) == []
    user.session_epoch += 1
    assert own_sign_ins.open_ones(session, user.id, now) == []


def test_a_changed_scope_counts_on_the_next_page(visit, writing) -> None:
    """Place, categories, duties and the grant itself are read with every request."""
    person = visit("mangxie")
    assert person.open("/audience").status_code == 200
    with writing() as session:
        mine = select(User.id).where(User.name == "mangxie").scalar_subquery()
        grant = session.scalars(select(Grant).where(Grant.user_id == mine)).one()
        grant.role, grant.place = Role.TOWNSHIP, "510522112"
    assert person.open("/audience").status_code == 403
    assert person.open("/register").status_code == 200


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("yi-ju-hao-ji-de-hua", False),
        ("长江边上的桂花树开了两次", False),
        ("Yi-ju-hao-ji-de-hua", True),
        ("Changjiang42bian", True),
        ("chang江42边上的花树呀", True),
    ],
)
def test_where_law_asks_for_it_a_password_is_mixed(password: str, fits) -> None:
    passwords.check_password("xian", password)
    if fits:
        passwords.check_password("xian", password, mixed=True)
        return
    with pytest.raises(Refused, match="至少三种"):
        passwords.check_password("xian", password, mixed=True)


def test_a_short_name_is_no_part_of_a_sentence() -> None:
    passwords.check_password("ma", "ma-ma-zuo-de-fan-hao")
    with pytest.raises(Refused):
        passwords.check_password("王芳", "王芳家门前的一棵大槐树呀")


def test_the_offices_rule_holds_wherever_one_sets_a_password(visit, app) -> None:
    wiring = app.extensions["outreach"]
    mixed = wiring.settings.model_copy(update={"mixed_passwords": True})
    wiring.settings = mixed
    person = visit("xian")
    plain, good = "yi-ju-hao-ji-de-hua", "Yi-ju-hao-ji-de-hua-7"
    for new in (plain, PASSWORD):
        answer = person.send("/me/password", old=PASSWORD, new=new)
        assert answer.status_code == 422, new
    assert person.send("/me/password", old=PASSWORD, new=good).status_code == 303
    admin = visit("guanli")
    answer = admin.send("/accounts/1", "/accounts/1/invite")
    path = re.search(r"/invitation/[0-9a-z-]+", answer.get_data(as_text=True)).group()
    assert visit().send(path, password=plain).status_code == 422
    assert visit().send(path, password=good).status_code == 303


def test_an_old_password_is_changed_first_where_the_office_says_so(
    visit, app, writing
) -> None:
    wiring = app.extensions["outreach"]
    wiring.settings = wiring.settings.model_copy(update={"password_days": 90})
    with writing() as session:
        for user in session.scalars(select(User)):
            user.password_at = wiring.clock() - timedelta(days=91)
    person = visit("xian")
    assert person.open("/register").location == "/me/password"
    new = "yi-ju-hao-ji-de-hua"
    assert person.send("/me/password", old=PASSWORD, new=new).status_code == 303
    assert person.open("/register").status_code == 200
