"""A second step at sign-in: RFC 6238 or a printed sheet, and no code opens twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from office import PASSWORD
from sqlalchemy import select

from campaigns.errors import NotAllowed, NotFound, Refused
from outreach import accounts, one_time, second_step, sign_ins
from outreach.accounts import Role, User
from outreach.audit import AuditRow
from outreach.commands import users
from outreach.second_step import SecondStep, SheetCode
from outreach.settings import Settings

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # not a secret: RFC 6238 prints it
ADMIN, OTHER = 10**6, 10**6 + 1
LINE = re.compile(r"<li><code>([0-9a-z]{4}-[0-9a-z]{4})</code></li>")


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert one_time.code_at(RFC_SECRET, second // 30) == code


@pytest.mark.parametrize(("late", "fits"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_a_code_fits_one_step_late_and_early(late: int, fits: int, now) -> None:
    step = int(now.timestamp()) // 30
    code = one_time.code_at(RFC_SECRET, step + late)
    assert (one_time.step_of(RFC_SECRET, code, now) == step + late) == bool(fits)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "１２３４５６", "abcdef", "é"]
)
def test_what_is_no_code_fits_nothing(code: str, now) -> None:
    assert one_time.step_of(RFC_SECRET, code, now) is None


@pytest.fixture
def user(session, now) -> User:
    return accounts.add_user(
        session, name="mei", shown_as="mei", password=PASSWORD, now=now
    )


def bound(session, user: User, now: datetime) -> tuple[str, list[str]]:
    """The secret and the spare sheet of somebody who bound a phone."""
    secret = second_step.begin(session, user.id)
    code = one_time.code_at(secret, int(now.timestamp()) // 30)
    return secret, second_step.confirm(session, user.id, code, now)


def test_no_code_opens_twice_and_no_older_one_after_a_newer(session, user, now) -> None:
    secret, lines = bound(session, user, now)
    step = int(now.timestamp()) // 30
    first = one_time.code_at(secret, step)
    assert not second_step.fits(session, user.id, first, now), "it confirmed the phone"
    later = now + timedelta(seconds=30)
    newer = one_time.code_at(secret, step + 2)
    assert second_step.fits(session, user.id, newer, later)
    for code in (newer, one_time.code_at(secret, step + 1)):
        assert not second_step.fits(session, user.id, code, later)
    spoken = lines[0].replace("-", " ").upper()
    assert second_step.fits(session, user.id, spoken, later)
    assert not second_step.fits(session, user.id, lines[0], later)


def test_neither_secret_nor_codes_lie_open_in_the_database(session, user, now) -> None:
    secret, lines = bound(session, user, now)
    session.expire_all()
    kept = session.connection().exec_driver_sql("SELECT secret FROM second_step")
    stored = [bytes(kept.scalar_one())]
    stored += list(session.scalars(select(SheetCode.code)))
    assert len(stored) == 11
    assert not [it for it in (secret, *lines) for row in stored if it.encode() in row]


def test_a_new_sheet_ends_the_old_one(session, user, now) -> None:
    old = second_step.print_sheet(session, user.id, now)
    new = second_step.print_sheet(session, user.id, now)
    assert not second_step.fits(session, user.id, old[0], now)
    assert second_step.fits(session, user.id, new[0], now)
    assert second_step.standing(session, user.id).left == 9


def test_one_persons_line_opens_nobody_elses_account(session, user, now) -> None:
    other = accounts.add_user(
        session, name="lan", shown_as="lan", password=PASSWORD, now=now
    )
    lines = second_step.print_sheet(session, user.id, now)
    second_step.print_sheet(session, other.id, now)
    assert not second_step.fits(session, other.id, lines[0], now)


def test_a_phone_that_never_answered_asks_for_no_code(session, user, now) -> None:
    second_step.begin(session, user.id)
    with pytest.raises(Refused):
        second_step.confirm(session, user.id, "000000", now)
    token = sign_ins.sign_in(session, "mei", PASSWORD, now=now)
    assert sign_ins.who(session, token, now) is not None


def test_the_password_alone_opens_nothing_and_ends_no_other_sign_in(
    session, user, now
) -> None:
    lines = second_step.print_sheet(session, user.id, now)
    first = sign_ins.sign_in(session, "mei", PASSWORD, now=now)
    assert sign_ins.second(session, first, lines[0], now)
    stolen = [sign_ins.sign_in(session, "mei", PASSWORD, now=now) for _ in range(4)]
    assert [sign_ins.who(session, each, now) for each in stolen] == [None] * 4
    assert sign_ins.who(session, first, now).two_steps
    late = now + sign_ins.HALF + timedelta(seconds=1)
    assert not sign_ins.second(session, stolen[0], lines[1], late)
    user.disabled_at = now
    assert not sign_ins.second(session, stolen[1], lines[1], now)


def test_a_reset_takes_two_other_people(session, user, now) -> None:
    second_step.print_sheet(session, user.id, now)
    with pytest.raises(NotAllowed):
        second_step.ask_reset(session, user.id, by=user.id, now=now)
    with pytest.raises(NotFound):
        second_step.confirm_reset(session, user.id, by=OTHER)
    second_step.ask_reset(session, user.id, by=ADMIN, now=now)
    for by in (ADMIN, user.id):
        with pytest.raises(NotAllowed):
            second_step.confirm_reset(session, user.id, by=by)
    assert second_step.standing(session, user.id) is not None
    second_step.confirm_reset(session, user.id, by=OTHER)
    assert second_step.standing(session, user.id) is None
    assert session.scalars(select(SheetCode)).all() == []


@pytest.mark.parametrize(
    ("profile", "chosen", "asked"),
    [
        ("embedded", "by_profile", False),
        ("production", "by_profile", True),
        ("embedded", "required", True),
        ("production", "offered", False),
    ],
)
def test_production_asks_unless_told_otherwise(profile, chosen, asked) -> None:
    facts = {"profile": profile, "second_step": chosen}
    assert Settings(_env_file=None, **facts).two_steps is asked


def enrolled(person) -> list[str]:
    """Print a sheet on the person's own page; its lines."""
    answer = person.send("/me/code", "/me/code/sheet", password=PASSWORD)
    assert answer.status_code == 200
    return LINE.findall(answer.get_data(as_text=True))


def test_a_sheet_is_printed_and_asked_for_from_then_on(visit, writing) -> None:
    lines = enrolled(visit("xian"))
    assert len(lines) == 10
    person = visit()
    answer = person.send("/sign-in", name="xian", password=PASSWORD, next="/register")
    assert answer.location == "/sign-in/code"
    assert person.open("/register").status_code == 303
    wrong = person.send("/sign-in/code", code="2222-2222")
    assert wrong.status_code == 422
    assert "2222-2222" not in wrong.get_data(as_text=True).split("<main")[0]
    right = person.send("/sign-in/code", code=lines[3])
    assert (right.status_code, right.location) == (303, "/register")
    assert person.open("/register").status_code == 200
    again = visit()
    again.send("/sign-in", name="xian", password=PASSWORD)
    assert again.send("/sign-in/code", code=lines[3]).status_code == 422
    with writing() as session:
        results = select(AuditRow.result).where(AuditRow.action == "sign_in_code")
        assert session.scalars(results).all() == ["refused", "refused"]


def test_after_five_wrong_codes_one_waits_whatever_browser_one_takes(visit) -> None:
    lines = enrolled(visit("shenpi"))
    statuses = []
    for _ in range(3):
        thief = visit()
        thief.send("/sign-in", name="shenpi", password=PASSWORD)
        keys = thief.keys("/sign-in/code")
        for _ in range(2):
            answer = thief.client.post("/sign-in/code", data={**keys, "code": "x"})
            statuses.append(answer.status_code)
    assert statuses == [422] * 5 + [429]
    assert thief.send("/sign-in/code", code=lines[0]).status_code == 429


def test_a_phone_is_bound_by_its_first_code(visit, app, writing) -> None:
    person = visit("mangxie")
    assert person.send("/me/code", "/me/code/phone", password="x").status_code == 422
    person.send("/me/code", "/me/code/phone", password=PASSWORD)
    page = person.read("/me/code/phone")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")
    assert "<svg" in page
    wrong = person.send("/me/code/phone", "/me/code/phone/confirm", code="1")
    assert wrong.status_code == 422
    step = int(app.extensions["outreach"].clock().timestamp()) // 30
    code = one_time.code_at(secret, step)
    answer = person.send("/me/code/phone", "/me/code/phone/confirm", code=code)
    assert len(LINE.findall(answer.get_data(as_text=True))) == 10
    assert "手机上的口令" in person.read("/me/code")
    with writing() as session:
        deed = select(AuditRow).where(AuditRow.action == "set_second_step")
        last = session.scalars(deed.order_by(AuditRow.id.desc())).first()
        assert last.details == {"by": "phone"}


def test_ending_it_asks_for_password_and_code(visit) -> None:
    person = visit("shenji")
    lines = enrolled(person)
    for given in ({"code": lines[0]}, {"password": PASSWORD}):
        answer = person.send("/me/code", "/me/code/end", **given)
        assert answer.status_code == 422
    both = {"password": PASSWORD, "code": lines[1]}
    assert person.send("/me/code", "/me/code/end", **both).status_code == 303
    assert "还没有动态口令" in person.read("/me/code")


def test_where_it_is_required_nothing_else_opens_before(
    visit, app, monkeypatch
) -> None:
    wiring = app.extensions["outreach"]
    required = wiring.settings.model_copy(update={"second_step": "required"})
    monkeypatch.setattr(wiring, "settings", required)
    person = visit("xian")
    for address in ("/", "/register", "/planning"):
        assert person.open(address).location == "/me/code", address
    assert person.open("/me/display").status_code == 200
    assert person.send("/me/code", "/planning/new").location == "/me/code"
    enrolled(person)
    assert person.open("/register").status_code == 200
    assert {*Role} - {Role.TOWNSHIP, Role.VILLAGE} == second_step.ASKED


def test_a_lost_sheet_is_reset_by_an_administrator_and_a_coordinator(
    visit, writing
) -> None:
    lost = visit("fubao")
    enrolled(lost)
    with writing() as session:
        mine = session.scalars(select(User.id).where(User.name == "fubao")).one()
    admin, coordinator = visit("guanli"), visit("shenpi")
    admin.send(f"/accounts/{mine}", f"/accounts/{mine}/code")
    assert "重设等县残联确认" in admin.read(f"/accounts/{mine}")
    page = f"/accounts/grants/code/{mine}/confirm"
    assert admin.send("/me", page).status_code == 403
    assert lost.open("/register").status_code == 200
    assert "1 个动态口令等您确认重设" in coordinator.read("/")
    assert coordinator.send("/accounts/grants", page).status_code == 303
    assert lost.open("/register").status_code == 303, "every sign-in ended"
    assert visit("fubao").open("/register").status_code == 200
    with writing() as session:
        assert session.get(SecondStep, mine) is None


def test_the_machine_itself_resets_where_no_two_people_are_left(
    visit, writing, monkeypatch, app
) -> None:
    person = visit("shenpi")
    with writing() as session:
        mine = session.scalars(select(User.id).where(User.name == "shenpi")).one()
        second_step.print_sheet(session, mine, datetime.now(UTC))
    monkeypatch.setattr(users, "open_wiring", lambda: app.extensions["outreach"])
    users.reset_code.callback("shenpi")
    assert person.open("/register").status_code == 303
    with writing() as session:
        assert session.get(SecondStep, mine) is None


def test_a_reset_may_be_refused(visit, writing) -> None:
    enrolled(visit("cun"))
    with writing() as session:
        mine = session.scalars(select(User.id).where(User.name == "cun")).one()
        second_step.ask_reset(session, mine, by=999, now=datetime.now(UTC))
    page = f"/accounts/grants/code/{mine}/refuse"
    assert visit("shenpi").send("/accounts/grants", page).status_code == 303
    with writing() as session:
        assert session.get(SecondStep, mine).reset_asked_by is None
