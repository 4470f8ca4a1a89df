"""PostgreSQL itself keeps a reader of the web to the people of their scope."""

from __future__ import annotations

from collections.abc import Iterator

import factories
import pytest
import stages
from office import fill
from roles import BLIND, COUNTY, TOWNSHIP, VILLAGE, person
from sqlalchemy import create_engine, delete, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from campaigns.delivery import gating, launching
from campaigns.errors import Refused
from campaigns.fieldwork import alerting
from campaigns.fieldwork.replies import take
from campaigns.orm import Base
from campaigns.planning import approving, lifecycle
from campaigns.register.members import sharing
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import CampaignState, Urgency
from outreach import access, migrating, practice, rows
from outreach.accounts import Role, find_user
from outreach.database import Database, connect
from outreach.settings import Settings

PERSONAL = (
    *("member", "message", "recipient", "consent_note", "opt_out", "reply"),
    *("visit", "visit_try", "visit_missed", "need", "import_row"),
)
STRANGER = "+8613900007777"


@pytest.fixture(scope="module")
def county(postgresql_address: str) -> Iterator[Database]:
    """A migrated county with people, a campaign, refusals and replies."""
    server = create_engine(postgresql_address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE rows"))
    server.dispose()
    address = make_url(postgresql_address).set(database="rows")
    database = connect(address.render_as_string(hide_password=False))
    migrating.to(database.engine, "head")
    with database.writing() as session:
        fill(session)
        stages.people(session)
        stages.launched(session)
        for member in session.query(Member).filter(Member.phone.is_not(None)):
            gating.refuse(session, member.phone_index, factories.NOW)
            take(session, "simulator", None, member.phone, "好的", factories.NOW)
        take(session, "simulator", None, STRANGER, "你好", factories.NOW)
    yield database
    database.dispose()


@pytest.fixture
def web(county: Database) -> Iterator[Session]:
    """Raw SQL as the web's role; nothing of it is kept."""
    with county.engine.connect() as connection, Session(connection) as session:
        session.execute(text("SET LOCAL ROLE outreach_web"))
        yield session
        session.rollback()


def count(session: Session, table: str, where: str = "true") -> int:
    found = session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))
    return int(found)


def seen_as(session: Session, role: Role) -> None:
    """What the gate says to the database when somebody of ``role`` asks."""
    scope = access.rows(person(role))
    values = {"places": rows.patterns(scope), "categories": str(scope.categories)}
    session.execute(rows.WIDEN, values)


def test_without_a_setting_there_is_nobody(county: Database, web: Session) -> None:
    with county.reading() as owner:
        full = [t for t in PERSONAL if count(owner, t)]
    assert {"member", "message", "recipient", "opt_out", "reply"} <= {*full}
    assert [count(web, table) for table in PERSONAL] == [0] * len(PERSONAL)


def test_no_table_that_names_a_member_is_left_open(county: Database) -> None:
    named = {t.name for t in Base.metadata.sorted_tables if "member_id" in t.c}
    with county.reading() as owner:
        guarded = owner.scalars(
            text("SELECT relname FROM pg_class WHERE relforcerowsecurity")
        )
        assert {"member", "reply", *named} <= {*guarded}


INSIDE = {
    Role.COORDINATOR: "true",
    Role.ASSOCIATION: f"categories & {BLIND} <> 0",
    Role.TOWNSHIP: f"township = '{TOWNSHIP}'",
    Role.VILLAGE: f"village = '{VILLAGE}'",
    Role.AUDITOR: "true",
    Role.ADMINISTRATOR: "false",
    Role.CITY: "false",
}


@pytest.mark.parametrize("role", [*Role])
def test_each_role_sees_its_people_and_what_hangs_on_them(
    role: Role, county: Database, web: Session
) -> None:
    with county.reading() as owner:
        theirs = count(owner, "member", INSIDE[role])
        ids = f"member_id IN (SELECT id FROM member WHERE {INSIDE[role]})"
        told = {t: count(owner, t, ids) for t in ("message", "recipient")}
    seen_as(web, role)
    assert count(web, "member") == theirs
    assert {t: count(web, t, "member_id IS NOT NULL") for t in told} == told


def test_a_township_reads_and_changes_nobody_elses(web: Session) -> None:
    seen_as(web, Role.TOWNSHIP)
    elsewhere = f"township <> '{TOWNSHIP}'"
    for table in ("member", "message", "recipient", "reply"):
        assert count(web, table) > 0
        assert count(web, table, elsewhere) == 0
    changed = web.execute(text(f"UPDATE member SET grade = 1 WHERE {elsewhere}"))
    assert changed.rowcount == 0
    gone = web.execute(text("DELETE FROM reply"))
    assert gone.rowcount > 0
    with pytest.raises(DBAPIError, match="row-level security"):
        web.execute(text("UPDATE member SET township = '510522102', village = NULL"))


def test_what_has_no_place_is_the_countys(web: Session) -> None:
    seen_as(web, Role.COORDINATOR)
    assert count(web, "reply", "township IS NULL") == 1
    seen_as(web, Role.TOWNSHIP)
    assert count(web, "reply", "township IS NULL") == 0


def test_a_rule_that_concerns_others_may_ask_for_them(
    county: Database, web: Session
) -> None:
    """Who else is reached by a number counts before a refusal is taken as theirs."""
    seen_as(web, Role.TOWNSHIP)
    there = Member.township == "510522102", Member.phone_index.is_not(None)
    with county.reading() as owner:
        index = owner.scalar(select(Member.phone_index).where(*there).limit(1))
    assert sharing(web, index) == []
    rows.show_all(web)
    assert len(sharing(web, index)) == 1


def test_what_was_practised_goes_whoever_of_postgresqls_users_removes_it(county):
    """Alerts to duty people name no member, and are removed all the same."""
    settings = Settings(_env_file=None, simulator_secret="0123456789abcdef" * 2)
    now = factories.NOW
    with county.engine.connect() as connection, Session(connection) as session:
        for table in practice.goes():
            session.execute(delete(table))
        practice.begin(session, settings, by=1, now=now)
        made = factories.campaign(
            session,
            version_id=factories.version(session, urgency=Urgency.EMERGENCY).id,
            segment_id=factories.segment(session).id,
            urgency=Urgency.EMERGENCY,
            status=CampaignState.APPROVED,
            channels=["sms", "loudspeaker"],
            due_at=now,
        )
        assert launching.launch(session, made.id, now)
        alerting.begin(session, made.id, now)
        assert count(session, "message", "member_id IS NULL") > 0
        session.execute(text("SET LOCAL ROLE outreach_web"))
        practice.remove(session, now)
        session.execute(text("RESET ROLE"))
        left = {table.name: count(session, table.name) for table in practice.goes()}
        assert {*left.values()} == {0}, left
        session.rollback()


def test_the_setting_ends_with_its_transaction(county: Database) -> None:
    with county.engine.connect() as connection:
        connection.execute(text("SET ROLE outreach_web"))
        connection.commit()
        with Session(connection) as session:
            rows.limit(session, Scope((COUNTY,)))
            assert count(session, "member") == 12
            session.commit()
            assert count(session, "member") == 12, "named again for the next one"
            session.rollback()
        assert connection.scalar(text("SELECT count(*) FROM member")) == 0
        connection.rollback()
        connection.execute(text("RESET ROLE"))
        connection.commit()


def test_the_workers_see_everybody_at_no_cost(county: Database) -> None:
    with county.engine.connect() as connection:
        connection.execute(text("SET LOCAL ROLE outreach_worker"))
        assert connection.scalar(text("SELECT count(*) FROM member")) == 12
        plan = connection.execute(text("EXPLAIN SELECT id FROM message")).scalars()
        assert not [line for line in plan if "Filter" in line or "InitPlan" in line]


def test_who_is_limited_is_known(county: Database, web: Session) -> None:
    """A backup by a user who sees half the people would be half a backup."""
    with county.reading() as owner:
        assert not rows.limited(owner)
        assert rows.sees_all(owner.connection())
    assert rows.limited(web)
    assert not rows.sees_all(web.connection())
    web.execute(text("SET LOCAL ROLE outreach_worker"))
    assert rows.limited(web)
    assert rows.sees_all(web.connection())


@pytest.mark.parametrize("role", ["outreach_web", "outreach_worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET result = 'done'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE member DISABLE ROW LEVEL SECURITY",
        "DROP TABLE member",
        "CREATE TABLE other (id int)",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_no_role_of_a_process_changes_the_log_or_the_tables(
    role: str, statement: str, county: Database
) -> None:
    with county.engine.connect() as connection:
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            connection.execute(text(statement))


def test_a_code_that_is_no_code_names_nobody() -> None:
    assert rows.patterns(Scope.nothing()) == "{}"
    assert rows.patterns(Scope(("5105%", "', true)", "510522"))) == "{510522%}"
    assert rows.patterns(Scope.everything()) == "{%}"


def test_who_approves_by_phone_is_signed_in_nowhere_and_judges_everybody(web) -> None:
    web.execute(text("RESET ROLE"))
    maker, other = (find_user(web, name).id for name in ("xian", "shenpi"))
    form = {
        "name": "x",
        "version_id": stages.version(web, valid_until=stages.FAR).id,
        "segment_id": factories.segment(web).id,
        "channels": ["sms"],
        "provider": "simulator",
        "by": maker,
        "now": factories.NOW,
    }
    made = lifecycle.draft_campaign(web, **form)
    lifecycle.submit(web, made.id, by=maker, now=factories.NOW)
    facts = {"by": other, "content_hash": made.content_hash, "now": factories.NOW}
    web.execute(text("SET LOCAL ROLE outreach_web"))
    with pytest.raises(Refused, match="没有人"):
        approving.by_phone(web, made.id, **facts)
    rows.show_all(web)
    assert approving.by_phone(web, made.id, **facts).approved_by == other
