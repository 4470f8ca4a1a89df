"""Every address asks the table: each role at each action, in scope and out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from roles import BLIND, NAMES
from sqlalchemy import select, update
from werkzeug.routing import Rule

from campaigns.delivery.models import Message
from campaigns.fieldwork.models import Announcement
from campaigns.register.models import Member
from outreach import access
from outreach.access import Action
from outreach.accounts import Role, User
from outreach.sign_ins import SignIn

pytestmark = pytest.mark.xdist_group("rights")


def action_of(app: Flask, rule: Rule) -> Action | None:
    found = getattr(app.view_functions[rule.endpoint], "action", None)
    return found if isinstance(found, Action) else None


def routes(app: Flask) -> Iterator[tuple[str, str, Action]]:
    """Method, an address of nothing that exists, and action of each declared route."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        action = action_of(app, rule)
        if action is None or rule.endpoint.startswith("api"):
            continue
        values = {
            name: next(iter(sorted(getattr(converter, "items", ["999999"]))))
            for name, converter in rule._converters.items()
        }
        for method in sorted(rule.methods & {"GET", "POST"}):
            address = adapter.build(rule.endpoint, values, method=method)
            yield method, address, action


def test_each_role_at_a_page_and_a_form_of_each_action(office: Flask, visitors) -> None:
    """A refusal is 403; who may passes the gate, and a form without its key stops."""
    samples = {}
    for method, address, action in routes(office):
        samples.setdefault((action, method), address)
    for (action, method), address in samples.items():
        for role, visitor in visitors.items():
            answer = visitor.client.open(address, method=method)
            may = role in access.roles_for(action)
            at = f"{role} {method} {address}: {answer.status_code}"
            assert answer.status_code < 500, at
            if not may:
                assert answer.status_code == 403, at
            elif method == "POST":
                assert answer.status_code == 400, at
            else:
                assert answer.status_code in {200, 302, 303, 404, 409, 422}, at
    assert len({action for action, _method in samples}) > 30


def test_the_disabled_and_the_late_are_asked_to_sign_in(office: Flask, leavers) -> None:
    wiring = office.extensions["outreach"]
    samples = {}
    for method, address, action in routes(office):
        samples.setdefault(action, (method, address))
    long_ago = wiring.clock().replace(year=2020)

    def put_out(role: Role, how: str) -> None:
        with wiring.database.writing() as session:
            user = User.name == NAMES[role]
            if how == "disabled":
                session.execute(update(User).where(user).values(disabled_at=long_ago))
                return
            session.execute(update(User).where(user).values(disabled_at=None))
            mine = select(User.id).where(user)
            last = (
                select(SignIn.id)
                .where(SignIn.user_id.in_(mine))
                .order_by(SignIn.id.desc())
                .limit(1)
            )
            late = update(SignIn).where(SignIn.id.in_(last.scalar_subquery()))
            session.execute(late.values(seen_at=long_ago))

    for role, visitor in leavers.items():
        for how in ("disabled", "late"):
            put_out(role, how)
            for method, address in samples.values():
                answer = visitor.client.open(address, method=method)
                at = f"{how} {role} {method} {address}"
                assert answer.status_code == 303, at
                assert answer.location.startswith("/sign-in"), at


@pytest.fixture(scope="module")
def things(office: Flask) -> dict[str, list[tuple[str, int, str, int]]]:
    """Kind: (address, id, place, categories) of each thing that lies somewhere."""
    with office.extensions["outreach"].database.reading() as session:
        members = session.execute(
            select(Member.id, Member.village, Member.categories)
        ).all()
        told = session.execute(
            select(Message.id, Member.village, Member.categories).join(
                Member, Member.id == Message.member_id
            )
        ).all()
        due = session.execute(select(Announcement.id, Announcement.village)).all()
    return {
        "member": [("/register/{}", *row) for row in members],
        "reveal": [("/register/{}/reveal", *row) for row in members],
        "refusal": [("/register/{}/refusal", *row) for row in members],
        "message": [("/delivery/messages/{}", *row) for row in told],
        "village": [("/fieldwork/villages/{}", *row, 0) for row in due],
    }


ACTIONS = {
    "member": Action.OPEN_MEMBER,
    "reveal": Action.REVEAL,
    "refusal": Action.RECORD_REFUSAL,
    "message": Action.LIST_RECIPIENTS,
    "village": Action.REPORT_PLAYED,
}
INSIDE: dict[Role, Callable[[str, int], bool]] = {
    Role.COORDINATOR: lambda _place, _categories: True,
    Role.ASSOCIATION: lambda _place, categories: bool(categories & BLIND),
    Role.TOWNSHIP: lambda place, _categories: place.startswith("510522112"),
    Role.VILLAGE: lambda place, _categories: place == "510522112201",
}


@pytest.mark.parametrize("kind", [*ACTIONS])
def test_what_lies_outside_is_not_found(kind: str, things, visitors) -> None:
    assert things[kind]
    outside = 0
    for address, number, place, categories in things[kind]:
        for role, visitor in visitors.items():
            if role not in access.roles_for(ACTIONS[kind]):
                continue
            inside = INSIDE[role](place, categories)
            outside += not inside
            status = visitor.open(address.format(number)).status_code
            assert status == (200 if inside else 404), (role, address, place)
    assert outside


def test_a_stranger_learns_nothing_from_what_is_not_found(things, visitors) -> None:
    """A person outside one's scope and a person who does not exist look the same."""
    fubao = visitors[Role.TOWNSHIP]
    there = next(n for _a, n, place, _c in things["member"] if place[:9] != "510522112")
    pages = [
        fubao.open(f"/register/{n}").get_data(as_text=True) for n in (there, 999999)
    ]
    said = [page[page.index("<main") : page.index("</main")] for page in pages]
    assert said[0] == said[1]


def test_an_association_stops_no_campaign_but_its_own(visitors) -> None:
    mangxie = visitors[Role.ASSOCIATION]
    page = mangxie.open("/planning/1/stop")
    assert page.status_code == 403
