"""Nothing is open that did not say so, and pressing twice does the deed once."""

from __future__ import annotations

import factories
import pytest
from flask import Flask
from sqlalchemy import func, select

from campaigns.register.models import OptOut
from outreach.access import Action
from outreach.accounts import Grant, User
from outreach.audit import AuditRow

OPEN = {
    "static",
    "sign_in.show",
    "sign_in.enter",
    "sign_in.leave",
    "first.show",
    "first.make",
    "sign_in.ask_code",
    "approval.show",
    "approval.decide",
    "approval.clip",
    "invitation.show",
    "invitation.accept",
    "sign_in.enter_code",
    "me.choose_language",
    "help.accessibility",
    "health.alive",
    "health.figures",
    "health.ready",
    "assets.show",
    "api.document",
    "calling.clip",
    "village.show",
    "village.listen",
    "village.download",
    "village.pack",
    "village.played",
    "village.confirm",
    "village.missed",
    "village.explain",
    "village.sheet",
}


def views(app: Flask) -> dict[str, object]:
    return {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "action", "nothing")
        for rule in app.url_map.iter_rules()
    }


def test_every_route_declares_what_it_does(app: Flask) -> None:
    undeclared = {n for n, action in views(app).items() if action == "nothing"}
    assert undeclared <= {"static", "bootstrap.static"}


def test_what_asks_for_no_sign_in_is_known_by_name(app: Flask) -> None:
    free = {name for name, action in views(app).items() if action is None}
    village = {name for name in free if name.startswith(("village", "refuse"))}
    assert free - village <= OPEN


def addresses(app: Flask) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and not rule.endpoint.startswith("api.")  # asks for a token instead
        and not rule.arguments
        and isinstance(getattr(app.view_functions[rule.endpoint], "action", 0), Action)
    ]


def test_nobody_sees_a_page_without_signing_in(app: Flask, visit) -> None:
    stranger = visit()
    for address in addresses(app):
        answer = stranger.open(address)
        assert answer.status_code == 303, address
        assert answer.location.startswith("/sign-in"), address


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("guanli", ["/register", "/audience", "/bulletins", "/planning", "/audit"]),
        ("shenji", ["/register", "/audience", "/accounts", "/start"]),
        ("fubao", ["/audience", "/bulletins", "/planning", "/accounts", "/audit"]),
        ("mangxie", ["/accounts", "/audit", "/start"]),
        ("cun", ["/register", "/audience", "/reporting", "/accounts", "/audit"]),
        ("xian", ["/accounts", "/audit"]),
    ],
)
def test_a_role_stays_within_its_pages(visit, name: str, closed: list[str]) -> None:
    person = visit(name)
    for address in closed:
        assert person.open(address).status_code in {403, 404}, address


def test_the_menu_shows_what_the_role_may_open(visit) -> None:
    for name in ("xian", "mangxie", "fubao", "cun", "shenji", "guanli"):
        person = visit(name)
        text = person.read("/me")
        menu = text[text.index('<nav class="menu"') : text.index("</nav>")]
        for address in ("/register", "/audience", "/accounts", "/audit", "/health"):
            shown = f'href="{address}"' in menu
            status = person.open(address).status_code
            assert not shown or status == 200, (name, address)


def test_every_post_refuses_a_form_of_another_site(app: Flask, visit) -> None:
    person = visit("xian")
    posts = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods
        and not rule.arguments
        and getattr(app.view_functions[rule.endpoint], "action", 0)
        in {Action.OWN_PAGES, Action.CHECK_IMPORT, Action.SET_UP}
    ]
    assert posts
    for address in posts:
        assert person.client.post(address, data={}).status_code == 400, address


def test_a_grant_taken_away_counts_on_the_next_page(visit, writing) -> None:
    person = visit("xian")
    assert person.open("/register").status_code == 200
    with writing() as session:
        user = session.scalars(select(User).where(User.name == "xian")).one()
        grant = session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
        grant.revoked_at = factories.NOW
    assert person.open("/register").status_code == 403


def test_pressing_twice_records_one_refusal(visit, writing) -> None:
    person = visit("xian")
    form = {
        **person.keys("/register/refusals/new"),
        "phone": "14000009999",
        "scope": "all",
        "source": "phone",
    }
    first = person.client.post("/register/refusals/new", data=form)
    second = person.client.post("/register/refusals/new", data=form)
    assert (first.status_code, first.location) == (303, "/register/refusals")
    assert (second.status_code, second.location) == (303, "/register/refusals")
    with writing() as session:
        assert session.scalar(select(func.count()).select_from(OptOut)) == 1
        noted = AuditRow.action == "record_refusal"
        assert len(session.scalars(select(AuditRow).where(noted)).all()) == 1


def test_a_form_that_failed_may_be_sent_again(visit) -> None:
    person = visit("xian")
    form = {**person.keys("/register/refusals/new"), "scope": "all", "source": "phone"}
    wrong = person.client.post("/register/refusals/new", data={**form, "phone": "12"})
    right = person.client.post(
        "/register/refusals/new", data={**form, "phone": "14000009999"}
    )
    assert wrong.status_code == 422
    assert right.location == "/register/refusals"


def test_headers_forbid_inline_script_frames_and_caching(visit) -> None:
    headers = visit("xian").open("/register").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_no_page_of_ours_holds_inline_script_or_style(app: Flask, visit) -> None:
    person = visit("xian")
    for address in addresses(app):
        answer = person.open(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            text = answer.get_data(as_text=True)
            assert "<style" not in text, address
            assert " style=" not in text, address
            assert "onclick=" not in text, address


def test_a_refusal_of_the_gate_is_in_the_audit(visit, writing) -> None:
    visit("fubao").open("/accounts")
    with writing() as session:
        deed = session.scalars(
            select(AuditRow).where(AuditRow.action == "denied")
        ).one()
    assert deed.details == {"page": "accounts.index"}
    assert deed.role == "township"


@pytest.mark.parametrize(
    "address", ["/register/15911119999", "/15911119999/", "/a?find=15911119999"]
)
def test_a_page_of_a_fault_does_not_repeat_its_address(visit, address):
    visitor = visit("xian")
    for answer in (visitor.open(address), visitor.client.delete(address)):
        assert answer.status_code >= 400
        assert "15911119999" not in answer.get_data(as_text=True)
