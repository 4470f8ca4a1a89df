"""Guessing is slowed wherever it comes from, and locks nobody out of their own desk."""

from __future__ import annotations

from office import PASSWORD
from sqlalchemy import event, func, select

from outreach import second_step, signed
from outreach.accounts import User
from outreach.audit import AuditRow
from outreach.web import known_device, sign_in

DEVICE = "outreach-device"
WRONG = "falsch-falsch-1"


def attempt(visitor, name: str, password: str, address: str = "10.0.0.1") -> int:
    """The status of one try with a browser, from an address."""
    form = {**visitor.keys("/sign-in"), "name": name, "password": password}
    where = {"REMOTE_ADDR": address}
    answer = visitor.client.post("/sign-in", data=form, environ_overrides=where)
    return answer.status_code


def left(person):
    """The same browser, signed out."""
    person.send("/me", "/sign-out")
    return person


def test_a_colleague_at_the_next_desk_locks_nobody_out(visit) -> None:
    mine = left(visit("xian"))
    tries = [attempt(visit(), "xian", WRONG) for _ in range(6)]
    assert tries == [422] * 5 + [429]
    assert attempt(visit(), "xian", PASSWORD) == 429, "a new browser waits"
    assert attempt(mine, "xian", PASSWORD) == 303


def test_one_account_tried_from_everywhere(visit) -> None:
    mine = left(visit("xian"))
    tries = [attempt(visit(), "xian", WRONG, f"10.0.1.{n}") for n in range(22)]
    assert tries == [422] * 20 + [429] * 2
    assert attempt(mine, "xian", PASSWORD) == 303
    assert attempt(visit(), "shenpi", PASSWORD, "10.0.2.1") == 303


def test_many_accounts_tried_from_everywhere(visit, monkeypatch) -> None:
    monkeypatch.setattr(sign_in, "_EVERYBODY", "8/15 minutes")
    mine = left(visit("xian"))
    spray = [attempt(visit(), f"user{n}", WRONG, f"10.0.1.{n}") for n in range(10)]
    assert spray == [422] * 8 + [429] * 2
    assert attempt(mine, "xian", PASSWORD) == 303
    assert attempt(visit(), "shenpi", PASSWORD, "10.0.2.1") == 429


def test_a_known_browser_has_five_tries_too(visit) -> None:
    mine = left(visit("xian"))
    tries = [attempt(mine, "xian", WRONG, f"10.0.1.{n}") for n in range(6)]
    assert tries == [422] * 5 + [429]
    assert attempt(mine, "shenpi", WRONG) == 422, "and is no shelter for other names"
    assert attempt(visit(), "xian", PASSWORD) == 303


def test_a_cookie_that_is_not_ours_gives_no_tries(visit, app) -> None:
    wiring = app.extensions["outreach"]
    until = signed.minute(wiring.clock())
    mine, other = (f"{known_device._hashed(name)}x01" for name in ("xian", "cun"))
    forged = [
        signed.mint("device", other, until + 9, wiring.signer),
        signed.mint("device", mine, until + 9, b"x" * 32),
        signed.mint("device", mine, until - 1, wiring.signer),
        signed.mint("village", mine, until + 9, wiring.signer),
        "é.-..zz",
    ]
    for _ in range(5):
        attempt(visit(), "xian", WRONG)
    thief = visit()
    for cookie in forged:
        thief.client.set_cookie(DEVICE, cookie)
        assert attempt(thief, "xian", PASSWORD) == 429, cookie
    true = signed.mint("device", mine, until + 9, wiring.signer)
    thief.client.set_cookie(DEVICE, true)
    assert attempt(thief, "xian", PASSWORD) == 303


def test_one_browser_knows_a_few_people_and_names_none(visit) -> None:
    shared = visit()
    names = ("xian", "shenpi", "mangxie", "fubao", "cun", "shenji")
    for name in names:
        assert shared.send("/sign-in", name=name, password=PASSWORD).status_code == 303
        shared.send("/me", "/sign-out")
    kept = shared.client.get_cookie(DEVICE)
    assert kept.http_only
    assert len(kept.value.split(".")) == 5
    for name in names:
        assert name not in kept.value
        assert (known_device._hashed(name) in kept.value) == (name != "xian")


def test_wrong_codes_elsewhere_leave_the_owner_their_tries(visit, writing, now) -> None:
    mine = left(visit("xian"))
    with writing() as session:
        user = session.scalars(select(User.id).where(User.name == "xian")).one()
        lines = second_step.print_sheet(session, user, now)
    thief = visit()
    thief.send("/sign-in", name="xian", password=PASSWORD)
    tries = [thief.send("/sign-in/code", code="x").status_code for _ in range(5)]
    assert tries == [422] * 5
    mine.send("/sign-in", name="xian", password=PASSWORD)
    assert mine.send("/sign-in/code", code=lines[0]).status_code == 303


def test_a_name_that_nobody_has_costs_as_many_writes(visit, app) -> None:
    engine = app.extensions["outreach"].database.engine
    written = []

    def note(_connection, _cursor, statement, *_more) -> None:
        written.append(statement.split()[0])

    counts = {}
    event.listen(engine, "before_cursor_execute", note)
    for name in ("xian", "nobody"):
        written.clear()
        assert attempt(visit(), name, WRONG) == 422
        counts[name] = written.count("INSERT"), written.count("COMMIT")
    event.remove(engine, "before_cursor_execute", note)
    assert counts["xian"] == counts["nobody"] == (1, 0)
    with app.extensions["outreach"].database.reading() as session:
        refused = AuditRow.result == "refused"
        query = select(func.count()).where(AuditRow.action == "sign_in", refused)
        assert session.scalar(query) == 2
