"""A step of the migrations with data in the tables: there, back, and while sending."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories
import pytest
from alembic import command
from delivery.ledger import Ledger
from sqlalchemy import Engine, inspect, select

from campaigns.delivery import launching, tally
from campaigns.delivery.provider import Limits
from campaigns.orm import Base
from campaigns.vocabulary import CampaignState, MessageState
from outreach import lanes, migrating
from outreach.database import connect
from outreach.settings import Settings
from outreach.wiring import Wiring

PEOPLE = 90
NEXT = '''"""What a later version might do: a column that may be empty, and a table."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    op.add_column("message", sa.Column("later", sa.String(20), nullable=True))
    op.create_table("later", sa.Column("id", sa.BigInteger(), primary_key=True))


def downgrade():
    op.drop_table("later")
    op.drop_column("message", "later")
'''


@pytest.fixture
def wired(
    addresses: list[str], tmp_path: Path, now: Any
) -> Iterator[tuple[Wiring, int]]:
    """A migrated database with a campaign that was launched, and its number."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=addresses[0],
        token_key="ab" * 32,
    )
    database = connect(settings.database_address)
    migrating.to(database.engine, "head")
    began = time.monotonic()
    made = Wiring(
        settings, database, lambda: now + timedelta(seconds=time.monotonic() - began)
    )
    made.providers["simulator"] = Ledger(tmp_path / "ledger")
    with database.writing() as session:
        factories.unit(session)
        factories.places(session)
        for _ in range(PEOPLE):
            factories.member(session)
        campaign = factories.campaign(session, status=CampaignState.APPROVED).id
        launching.launch(session, campaign, now)
    yield made, campaign
    database.dispose()


@pytest.fixture
def step(tmp_path: Path) -> Path:
    folder = tmp_path / "steps"
    folder.mkdir()
    (folder / "9999_later.py").write_text(NEXT.format(newest=migrating.newest()))
    return folder


def move(engine: Engine, steps: Path, revision: str) -> None:
    """To ``revision`` of the steps that this version has and the one that follows."""
    ours = Path(migrating.__file__).parent / "migrations" / "versions"
    with engine.execution_options(outreach_begin="IMMEDIATE").begin() as connection:
        config = migrating.configuration(connection)
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{ours}\n{steps}")
        forward = revision == "heads"
        (command.upgrade if forward else command.downgrade)(config, revision)


def rows(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table that this version knows, in a fixed order."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def test_a_step_there_and_back_keeps_every_row(wired: tuple[Wiring, int], step: Path):
    made, campaign = wired
    engine, before = made.database.engine, rows(made.database.engine)
    assert sum(map(len, before.values())) > 3 * PEOPLE
    move(engine, step, "heads")
    assert rows(engine) == before
    # The old version still serves while the new one is rolled out.
    assert lanes.send(made, campaign) == PEOPLE
    sent = rows(engine)
    move(engine, step, migrating.newest())
    assert rows(engine) == sent
    migrating.to(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrating.to(engine, "head")
    assert set(rows(engine)) == set(before)


def test_a_column_is_added_while_a_campaign_is_sent(
    wired: tuple[Wiring, int], step: Path
):
    made, campaign = wired
    ledger: Ledger = made.providers["simulator"]
    ledger.limits = Limits(per_second=PEOPLE)
    sending = threading.Thread(target=lanes.send, args=(made, campaign))
    sending.start()
    while not ledger.lines():
        time.sleep(0.01)
    move(made.database.engine, step, "heads")
    meanwhile = len(ledger.lines())
    sending.join()
    assert 0 < meanwhile < PEOPLE, "it was not sending then"
    assert len({line.split()[0] for line in ledger.lines()}) == PEOPLE
    assert len(ledger.lines()) == PEOPLE
    with made.database.reading() as session:
        assert tally.by_state(session, campaign, "sms") == {
            MessageState.ACCEPTED: PEOPLE
        }
