"""What a program may do with a token: as much as its owner, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from roles import BLIND
from sqlalchemy import select, update

from campaigns.register.models import Member, Unit
from outreach import access, tokens
from outreach.accounts import Grant, Role, User
from outreach.api.operations import OPERATIONS
from outreach.audit import AuditRow

pytestmark = pytest.mark.xdist_group("api")


def at(path: str) -> str:
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_each_role_may_what_the_table_of_rights_says(one, programs) -> None:
    for role in Role:
        status = programs[role].ask(one.method, at(one.path), {}).status_code
        without = access.cell_of(role, access.Action.MAKE_TOKENS)
        if not without:
            assert status == 401, role
        elif role in access.roles_for(one.action):
            assert status in {200, 201, 404, 409, 415, 422}, (role, status)
        else:
            assert status == 403, role


def test_people_come_masked_and_within_scope(programs, office) -> None:
    with office.extensions["outreach"].database.reading() as session:
        names = {m.id: m.name for m in session.scalars(select(Member))}
        mine = {
            m.id
            for m in session.scalars(select(Member))
            if m.categories & BLIND and m.village
        }
    found, after = [], 0
    while after is not None:
        page = programs[Role.ASSOCIATION].ask("get", f"/members?limit=2&after={after}")
        found += page.get_json()["items"]
        after = page.get_json()["next"]
    assert {row["id"] for row in found} == mine
    assert not {row["name"] for row in found} & set(names.values())
    town = programs[Role.TOWNSHIP].ask("get", "/members").get_json()["items"]
    assert {row["township"] for row in town} == {"510522112"}
    assert {row["category"] for row in town} == {None}


def test_a_segment_is_counted_saved_and_saved_once(programs, office) -> None:
    program = programs[Role.COORDINATOR]
    rule = {"categories": [1], "grades": [1, 2]}
    counted = program.ask("post", "/segments/count", {"rule": rule})
    assert counted.get_json()["total"] > 0
    body = {"name": "盲人一二级", "rule": rule}
    first = program.ask("post", "/segments", body, Idempotency_Key="k1")
    again = program.ask("post", "/segments", body, Idempotency_Key="k1")
    taken = program.ask("post", "/segments", body)
    assert (first.status_code, again.status_code, taken.status_code) == (201, 303, 422)
    assert again.location == first.location == f"/api/v1/segments/{first.json['id']}"
    assert (
        program.client.get(
            again.location, headers={"Authorization": f"Bearer {program.token}"}
        ).get_json()["name"]
        == "盲人一二级"
    )
    with office.extensions["outreach"].database.reading() as session:
        deed = session.scalars(
            select(AuditRow).where(AuditRow.action == "save_segment")
        ).one()
    assert deed.details["token"] > 0


def test_a_key_of_a_request_that_failed_may_be_used_again(programs) -> None:
    program = programs[Role.COORDINATOR]
    wrong = program.ask("post", "/segments", {"name": ""}, Idempotency_Key="k2")
    body = {"name": "重度", "rule": {"grades": [1]}}
    right = program.ask("post", "/segments", body, Idempotency_Key="k2")
    assert (wrong.status_code, right.status_code) == (422, 201)
    assert wrong.get_json()["errors"]


def test_a_program_drafts_and_hands_in_and_nobody_releases_by_token(programs) -> None:
    program = programs[Role.COORDINATOR]
    text = program.ask("get", "/bulletins").get_json()["items"][0]
    group = program.ask("get", "/segments").get_json()["items"][1]
    plan = {
        "name": "高温提醒",
        "version_id": text["version_id"],
        "segment_id": group["id"],
        "channels": ["sms"],
    }
    made = program.ask("post", "/campaigns", plan)
    assert made.status_code == 201, made.get_json()
    number = made.get_json()["id"]
    handed = program.ask("post", f"/campaigns/{number}/submit")
    assert handed.status_code == 200, handed.get_json()
    assert handed.get_json()["status"] == "submitted"
    again = program.ask("post", f"/campaigns/{number}/submit")
    assert again.status_code == 409
    assert not [one for one in OPERATIONS if "release" in one.path]


def test_figures_messages_and_villages_of_a_campaign(programs) -> None:
    program = programs[Role.COORDINATOR]
    figures = program.ask("get", "/campaigns/1/statistics").get_json()
    messages = program.ask("get", "/campaigns/1/messages?limit=200").get_json()["items"]
    villages = program.ask("get", "/campaigns/1/announcements").get_json()["items"]
    assert figures["audience"] == sum(figures["messages"].values())
    assert len(messages) >= figures["audience"]
    assert figures["villages_due"] == len(villages) > 0
    receipts = program.ask("get", f"/messages/{messages[0]['id']}/receipts")
    assert receipts.get_json()["items"] == []


def test_errors_come_in_the_language_of_the_request(programs) -> None:
    titles = [
        programs[Role.COORDINATOR]
        .ask("get", "/members/999999", Accept_Language=language)
        .get_json()["title"]
        for language in ("zh", "en")
    ]
    assert titles == ["没有找到", "Not found"]


def test_a_cookie_opens_nothing_and_a_token_opens_no_page(programs, office) -> None:
    client = office.test_client()
    token = programs[Role.COORDINATOR].token
    page = client.get("/register", headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 303
    assert programs[None].client.get("/api/v1/members").status_code == 401


@pytest.mark.parametrize("how", ["revoked", "expired", "grant", "disabled"])
def test_a_token_ends_at_once(how: str, office, programs) -> None:
    known = office.extensions["outreach"]
    now = known.clock()
    with known.database.writing() as session:
        user = session.scalars(select(User).where(User.name == "shenpi")).one()
        grant = session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
        acting = tokens.acting_in(0, user, grant)
        made, text = tokens.make(session, acting, name=how, days=7, now=now)
        assert tokens.who(session, text, now) is not None
        then = now
        if how == "revoked":
            tokens.revoke(session, user.id, made.id, now)
        elif how == "expired":
            then = now + timedelta(days=7)
        elif how == "grant":
            grant.revoked_at = now
        else:
            user.disabled_at = now
        session.flush()
        assert tokens.who(session, text, then) is None
        session.rollback()
    assert programs[None].ask("get", "/members").status_code == 401


def test_answers_about_invented_people_say_so_and_no_others(programs, office) -> None:
    database = office.extensions["outreach"].database
    asked = (("get", "/members"), ("get", "/members/999999"), ("get", "/openapi.json"))
    answers = [programs[Role.COORDINATOR].ask(*one) for one in asked]
    assert [answer.headers.get("Practice") for answer in answers] == [None] * 3
    with database.writing() as session:
        session.execute(update(Unit).values(practice_since=datetime.now(UTC)))
    try:
        answers = [programs[Role.COORDINATOR].ask(*one) for one in asked]
    finally:
        with database.writing() as session:
            session.execute(update(Unit).values(practice_since=None))
    assert [answer.headers.get("Practice") for answer in answers] == ["true"] * 3
    told = answers[-1].get_json()
    assert told["components"]["headers"]["Practice"]["schema"]["const"] == "true"
    for status in ("200", "404"):
        said = told["paths"]["/members"]["get"]["responses"][status]["headers"]
        assert said["Practice"]["$ref"] == "#/components/headers/Practice"
