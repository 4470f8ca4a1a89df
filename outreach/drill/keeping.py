"""Scenarios in which the database is away, locked, full of people or changed."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from typing import Any

import psycopg
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from campaigns import privacy
from campaigns.audience.rules import Rule
from campaigns.delivery import gating
from campaigns.delivery.models import Message
from campaigns.register.models import Member
from campaigns.vocabulary import MessageState, Reason
from outreach.drill.scene import Scenario, Scene

_DEADLOCKS = "SELECT sum(deadlocks) FROM pg_stat_database"


def _away(scene: Scene) -> None:
    scene.begin(480)
    scene.stand.held.add("database")
    scene.stand.kill("database")
    scene.stand.wait(30.0)
    scene.stand.held.discard("database")


def _restarts(scene: Scene) -> None:
    scene.begin(600, latency_ms=30.0)
    for _ in range(8):
        scene.stand.kill("database")
        scene.stand.wait(scene.draw.uniform(0.4, 2.5))


def _ended(scene: Scene) -> None:
    scene.begin(600, latency_ms=30.0)
    for _ in range(6):
        scene.stand.database.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        scene.stand.wait(1.5)


def _refusals(scene: Scene) -> None:
    before = scene.stand.database.ask(_DEADLOCKS)
    campaign = scene.begin(600, latency_ms=30.0)
    phones = _phones(scene, campaign)[::2]
    wiring = scene.office.wiring
    refused: dict[bytes | None, Any] = {}

    def refuse(some: list[bytes]) -> None:
        for phone in some:
            with wiring.database.writing() as session:
                gating.refuse(session, phone, wiring.clock())
            refused[phone] = wiring.clock()

    # Two who take refusals down while lanes claim: half from the far end.
    halves = phones[::2], phones[1::2][::-1]
    both = [threading.Thread(target=refuse, args=(half,)) for half in halves]
    for one in both:
        one.start()
    for one in both:
        one.join()
    scene.until(scene.over, "it does not end")
    late = [
        row
        for row in _rows(scene, campaign)
        if row.submitted_at
        and row.submitted_at > refused.get(row.phone_index, row.submitted_at)
    ]
    scene.check("something began after a refusal", holds=not late)
    scene.check("nobody was spared", holds=scene.count(MessageState.SKIPPED))
    after = scene.stand.database.ask(_DEADLOCKS)
    scene.check("there were deadlocks", holds=before == after)


def _phones(scene: Scene, campaign: int) -> list[bytes]:
    return [row.phone_index for row in _rows(scene, campaign) if row.phone_index]


def _rows(scene: Scene, campaign: int) -> list[Message]:
    with scene.office.wiring.database.reading() as session:
        rows = select(Message).where(Message.campaign_id == campaign)
        return list(session.scalars(rows.order_by(Message.id)))


def _hanging(scene: Scene) -> None:
    scene.begin(480)
    with psycopg.connect(scene.stand.database.uri) as hanging:
        hanging.execute(b"LOCK TABLE message IN EXCLUSIVE MODE")
        scene.stand.wait(20.0)
        waiting = scene.stand.database.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND state_change < now() - interval '10 seconds'"
        )
        scene.check("statements pile up behind a lock", holds=waiting == [(0,)])
        hanging.rollback()


def _crowded(scene: Scene) -> None:
    scene.begin(360)
    with ExitStack() as crowd, suppress(psycopg.OperationalError):
        for _ in range(80):
            crowd.enter_context(psycopg.connect(scene.stand.database.uri))
    with ExitStack() as crowd:
        with suppress(psycopg.OperationalError):
            for _ in range(80):
                crowd.enter_context(psycopg.connect(scene.stand.database.uri))
        scene.stand.kill(scene.stand.workers[0])
        scene.stand.wait(8.0)


def _changed(scene: Scene) -> None:
    scene.begin(480)
    ask = scene.stand.database.ask
    ask("ALTER TABLE message ADD COLUMN drill_extra integer DEFAULT 7")
    ask("CREATE INDEX CONCURRENTLY drill_extra ON message (drill_extra)")
    scene.stand.wait(2.0)
    ask("ALTER TABLE message DROP COLUMN drill_extra")


def _receipts(scene: Scene) -> None:
    campaign = scene.begin(240, receipt_seconds=6.0)
    scene.until_accepted(campaign, 100)
    scene.stand.held.add("database")
    scene.stand.kill("database")
    scene.stand.wait(12.0)
    scene.stand.held.discard("database")


def _moving(scene: Scene) -> None:
    campaign = scene.begin(480)
    with suppress(SQLAlchemyError), scene.office.wiring.database.writing() as session:
        waiting = select(Message.member_id).where(
            Message.campaign_id == campaign, Message.state == MessageState.QUEUED
        )
        some = list(session.scalars(waiting.order_by(Message.id.desc()).limit(60)))
        for n, key in enumerate(some):
            phone = f"+86163{90_000_000 + campaign * 1000 + n:08d}"
            index = privacy.blind("phone", phone)
            changed = update(Member).where(Member.id == key)
            if n % 2:
                session.execute(changed.values(phone=phone, phone_index=index))
            else:
                session.execute(changed.values(township="510522101", village=None))
    scene.until(scene.over, "it does not end")
    changed_numbers = [
        row for row in _rows(scene, campaign) if row.reason == Reason.NUMBER_CHANGED
    ]
    scene.check("a corrected number was not spared", holds=changed_numbers)


def _unreadable(scene: Scene) -> None:
    """A seal that does not open: nobody is written to, and the others are."""
    everybody = 240
    village = scene.office.settle(everybody)
    spoilt = "(SELECT min(id) FROM member WHERE village = %s)"
    scene.stand.database.ask(
        f"UPDATE member SET phone = '\\x0100' WHERE id = {spoilt}",  # noqa: S608  # nosec B608  # our own words
        village,
    )
    scene.campaigns.append(scene.office.release(Rule(villages=(village,))))
    scene.until(scene.over, "it does not end")
    only = scene.count(MessageState.CANCELLED)
    scene.check(f"{only} were not written to", holds=only == 1)


SCENARIOS = (
    Scenario("unreadable", ("F18",), "one number's seal does not open", _unreadable),
    Scenario("database-away", ("F31",), "stopped immediately, away for 30 s", _away),
    Scenario(
        "database-restarts",
        ("F32", "F33"),
        "restarted again and again while claims and outcomes are committed",
        _restarts,
    ),
    Scenario(
        "backends-ended", ("F34",), "every connection ended by the server", _ended
    ),
    Scenario(
        "refusals",
        ("F35", "F65"),
        "two people take refusals down while lanes claim",
        _refusals,
    ),
    Scenario(
        "hanging-lock", ("F36",), "an administrator's session holds a lock", _hanging
    ),
    Scenario("connections", ("F37",), "no connection is left", _crowded),
    Scenario("migration", ("F42",), "a column and an index while sending", _changed),
    Scenario(
        "receipts-away", ("F63",), "receipts come while the database is away", _receipts
    ),
    Scenario(
        "moving", ("F70",), "people move and change numbers while sending", _moving
    ),
)
