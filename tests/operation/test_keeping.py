"""The record of deeds is kept by the database itself, the disk by a sweep; figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import campaign
from office import fill
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DatabaseError

from campaigns import privacy
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState
from outreach import audit, disk, migrating, wiring
from outreach.app import create_app
from outreach.database import Database, connect
from outreach.disk import Room
from outreach.settings import Settings

GIGABYTE = 2**30
FACTS = ("role", "action", "subject", "result", "before", "hash")


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of its own."""
    if request.param == "sqlite":
        address = f"sqlite+pysqlite:///{tmp_path / 'outreach.db'}"
    else:
        server = request.getfixturevalue("postgresql_address")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{tmp_path.name[:60].lower()}"'))
        admin.dispose()
        url = make_url(server).set(database=tmp_path.name[:60].lower())
        address = url.render_as_string(hide_password=False)
    opened = connect(address)
    migrating.to(opened.engine, "head")
    yield opened
    opened.dispose()


def deeds(database: Database, now, number: int = 5) -> list[int]:
    with database.writing() as session:
        return [audit.note(session, "reveal", "member:7", now=now).id] + [
            audit.note(session, "denied", f"member:{n}", role="office", now=now).id
            for n in range(1, number)
        ]


@pytest.mark.parametrize(
    "touch", ["UPDATE audit SET result = 'x'", "DELETE FROM audit WHERE id = 2"]
)
def test_the_database_refuses_to_touch_a_deed(kept: Database, now, touch: str):
    deeds(kept, now)
    with pytest.raises(DatabaseError, match="append-only"), kept.writing() as session:
        session.execute(text(touch))
    with kept.reading() as session:
        assert audit.broken_at(session) is None


@pytest.mark.parametrize("fact", FACTS)
def test_one_flipped_byte_names_the_row(kept: Database, now, fact: str):
    third = deeds(kept, now)[2]
    let_go = (
        ("DROP TRIGGER audit_no_update",)
        if kept.engine.dialect.name == "sqlite"
        else ("DROP TRIGGER audit_is_kept ON audit",)
    )
    with kept.writing() as session:
        for statement in let_go:
            session.execute(text(statement))
        flipped = f"UPDATE audit SET {fact} = 'X' || substr({fact}, 2) WHERE id = :id"
        session.execute(text(flipped), {"id": third})
    with kept.reading() as session:
        assert audit.broken_at(session) == third


@pytest.mark.parametrize(
    ("free", "total", "tight", "full"),
    [
        (50, 100, False, False),
        (9.9, 100, True, False),
        (4.9, 100, True, True),
        (1.9, 16, True, False),
        (90, 1000, False, False),
        (19, 1000, True, False),
        (4, 1000, True, True),
    ],
)
def test_how_much_room_is_too_little(free, total, tight, full):
    room = Room(int(free * GIGABYTE), int(total * GIGABYTE))
    assert (room.tight, room.full) == (tight, full)


@pytest.fixture
def served(tmp_path: Path, keyring: privacy.Keyring):
    """The application over a migrated file."""
    given = Settings(data_dir=tmp_path / "var", metrics_key="geheim", _env_file=None)
    migrating.migrate(given)
    made = create_app(given)
    with made.extensions["outreach"].database.writing() as session:
        fill(session)
    yield made
    made.extensions["outreach"].database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


def test_a_full_disk_pauses_what_runs_and_says_so(served, monkeypatch):
    wired = served.extensions["outreach"]
    with wired.database.writing() as session:
        for _ in range(2):
            campaign(session, status=CampaignState.RUNNING)
    assert disk.keep_room(wired) == []
    monkeypatch.setattr(disk, "room", lambda _: Room(GIGABYTE, 100 * GIGABYTE))
    assert len(disk.keep_room(wired)) == 2
    assert disk.keep_room(wired) == []
    with wired.database.reading() as session:
        assert {c.status for c in session.query(Campaign)} == {CampaignState.PAUSED}
        told = [row.action for row in audit.latest(session)]
    assert told.count("paused_for_room") == 2


def test_figures_are_for_the_monitor_alone_and_name_nobody(served):
    client = served.test_client()
    for header in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer x"}):
        assert client.get("/metrics", headers=header).status_code == 404
    told = client.get("/metrics", headers={"Authorization": "Bearer geheim"})
    lines = told.get_data(as_text=True).splitlines()
    assert told.status_code == 200
    assert told.mimetype == "text/plain"
    figures = dict(line.rsplit(" ", 1) for line in lines if line[0] != "#")
    assert figures['outreach_part_well{part="database"}'] == "1"
    assert float(figures["outreach_disk_free_bytes"]) > 0
    assert all(float(value) >= 0 for value in figures.values())
    assert told.get_data(as_text=True).isascii(), "a name would not be"
