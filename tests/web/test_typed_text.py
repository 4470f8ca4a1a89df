"""A long text outlives a sign-in that ended, for its writer alone and unsent."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import factories
import pytest
from office import PASSWORD, Visitor
from sqlalchemy import select, update

from campaigns.bulletins import library
from campaigns.bulletins.models import BulletinVersion
from outreach import kept_form, retention, second_step
from outreach.accounts import find_user
from outreach.kept_form import KeptForm
from outreach.sign_ins import SignIn

EDIT = "/bulletins/1/edit"
LONG = "写了一刻钟的一段话，不能丢。" * 40
TEMPLATES = Path(__file__).parents[2] / "outreach" / "web" / "templates"


@pytest.fixture
def editor(visit, writing, now) -> Visitor:
    """xian before a draft, whose form is open."""
    with writing() as session:
        by = find_user(session, "xian").id
        library.start_from_library(session, "T09", by=by, now=now)
    return visit("xian")


def form(person: Visitor, page: str = EDIT) -> dict[str, str]:
    text = person.read(page)
    seen = re.search(r'name="seen" value="([^"]+)"', text).group(1)
    return {**person.keys(page), "title": "按时吃药", "sms_text": LONG, "seen": seen}


def send(person: Visitor, fields, page: str = EDIT, to: str = ""):
    here = {"Referer": f"http://localhost{page}"}
    return person.client.post(to or page, data=fields, headers=here)


def late(writing) -> None:
    with writing() as session:
        session.execute(update(SignIn).values(seen_at=factories.NOW.replace(year=2020)))


def back(person: Visitor, address: str, name: str = "xian", **more):
    """Signs in on the page that one was led to, and goes where that leads."""
    fields = {"name": name, "password": PASSWORD, **more}
    text = person.read(address)
    fields["next"] = re.search(r'name="next"\s+value="([^"]*)"', text).group(1)
    answer = person.send(address, "/sign-in", **fields)
    assert answer.status_code == 303
    return answer.location


def stored(writing) -> str:
    with writing() as session:
        return session.scalars(select(BulletinVersion.sms_text)).one()


def test_what_was_typed_is_in_the_form_again_and_was_not_sent(editor, writing) -> None:
    fields = form(editor)
    late(writing)
    door = send(editor, fields)
    assert door.status_code == 303
    page = editor.read(door.location)
    assert "您填的内容已保存" in page
    assert LONG[:20] not in page, "nothing of it lies at the door"
    where = back(editor, door.location)
    assert where == EDIT
    again = editor.read(where)
    assert LONG in again[again.index('id="sms_text"') :]
    assert "还没有提交" in again
    assert LONG not in stored(writing)
    fresh = {**fields, **editor.keys(EDIT)}
    assert send(editor, fresh).status_code == 303
    assert stored(writing) == LONG
    assert "还没有提交" not in editor.read(EDIT)
    with writing() as session:
        assert session.scalars(select(KeptForm)).all() == []


def test_somebody_else_at_the_same_desk_reads_nothing(editor, writing) -> None:
    fields = form(editor)
    late(writing)
    door = send(editor, fields).location
    where = back(editor, door, name="shenpi")
    other = editor.read(where)
    assert LONG[:20] not in other
    assert "还没有提交" not in other
    assert LONG in other_day(editor), "it still waits for its writer"


def other_day(person: Visitor) -> str:
    person.send("/", "/sign-out")
    return person.read(back(person, f"/sign-in?next={EDIT}"))


def test_a_second_step_comes_between(editor, writing, now) -> None:
    fields = form(editor)
    with writing() as session:
        me = find_user(session, "xian").id
        code = second_step.print_sheet(session, me, now)[0]
    late(writing)
    step = back(editor, send(editor, fields).location)
    assert step == "/sign-in/code"
    inside = editor.send(step, code=code)
    assert LONG in editor.read(inside.location)


def test_a_key_of_another_sign_in_loses_nothing(editor, visit, writing) -> None:
    fields = {**form(editor), "csrf_token": "of-yesterday"}
    answer = send(editor, fields)
    assert (answer.status_code, answer.location) == (303, EDIT)
    assert LONG in editor.read(EDIT)
    assert LONG not in stored(writing)
    assert LONG not in visit("shenpi").read(EDIT), "its writer's alone"


def test_another_site_fills_no_form_in(editor) -> None:
    fields = {**form(editor), "csrf_token": "forged"}
    for page in ("http://evil.example/", ""):
        headers = {"Referer": page} if page else {}
        answer = editor.client.post(EDIT, data=fields, headers=headers)
        assert answer.status_code == 400
        assert LONG not in editor.read(EDIT)


def test_a_cookie_of_nobody_keeps_nothing(visit, editor, writing) -> None:
    fields = form(editor)
    stranger = visit()
    stranger.client.set_cookie("outreach", "eyJfdXNlcl9pZCI6IngifQ.aaaa.bbbb")
    assert send(stranger, fields).status_code == 303
    with writing() as session:
        assert session.scalars(select(KeptForm)).all() == []


def test_a_proof_asked_for_again_loses_no_word(visit, writing) -> None:
    person, page = visit("xian"), "/me/tokens"
    name = "每天夜里取数的程序，在县残联机房里"
    fields = {**person.keys(page), "name": name}
    with writing() as session:
        long_ago = factories.NOW.replace(year=2020)
        session.execute(update(SignIn).values(proved_at=long_ago))
    asked = send(person, fields, page)
    assert asked.location.startswith("/me/again")
    gone_on = person.send(asked.location, "/me/again", proof=PASSWORD, next=page)
    assert gone_on.location == page
    assert f'value="{name}"' in person.read(page)


def test_no_password_and_no_endless_text_is_kept(writing, now) -> None:
    given = [("password", "geheim"), ("code", "1"), ("csrf_token", "k"), ("note", LONG)]
    with writing() as session:
        me = find_user(session, "xian").id
        assert kept_form.keep(session, me, "/", given, now)
        assert kept_form.of(session, me, now) == ("/", [("note", LONG)])
        query = "SELECT fields FROM kept_form"
        raw = session.connection().exec_driver_sql(query).scalar_one()
        assert LONG.encode() not in bytes(raw)
        assert kept_form.of(session, me, now + kept_form.LIVES) is None
        assert not kept_form.keep(session, me, "/", [("note", "字" * 100_001)], now)
        assert not kept_form.keep(session, me, "/", [("password", "geheim")], now)
        assert kept_form.of(session, me, now) is None


def test_every_field_for_a_password_or_a_code_is_left_out() -> None:
    secret = re.compile(r'part\.field\("(\w+)"[^}]*(?:type="password"|one-time-code)')
    names = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in secret.findall(path.read_text("utf-8"))
    }
    assert {"password", "code", "proof", "old", "new"} <= names
    assert names <= kept_form.LEFT_OUT


def test_what_nobody_came_back_for_goes(editor, writing, app) -> None:
    wiring = app.extensions["outreach"]
    fields = form(editor)
    late(writing)
    send(editor, fields)
    with writing() as session:
        one = session.scalars(select(KeptForm)).one()
        one.kept_at -= kept_form.LIVES + timedelta(seconds=1)
    retention.keep(wiring)
    with writing() as session:
        assert session.scalars(select(KeptForm)).all() == []
