"""What a batch costs does not follow all that is queued, whatever PostgreSQL believes.

At ten million messages a launch is too small for an ANALYZE, so that its statistics are
always those of a moment at which nothing was queued and nothing under way.
"""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from sqlalchemy import func, insert, select, text, true, update

from campaigns.delivery import gating, launching, reconciling, restoring
from campaigns.delivery.models import Message, Recipient
from campaigns.orm import table_of
from campaigns.vocabulary import CampaignState, MessageState
from outreach.bench.plans import explaining

pytestmark = pytest.mark.parametrize("tables", ["postgresql"], indirect=True)
PEOPLE, YEARS = 60, 80


@pytest.fixture
def campaign(session, launched, now):
    """A launched campaign of which the statistics know nothing."""
    launched(PEOPLE)
    session.execute(update(Message).values(state=MessageState.DELIVERED))
    for table in map(table_of, (Message, Recipient)):
        _repeat(session, table)
        session.execute(text(f"ANALYZE {table.name}"))
    made = factories.campaign(session)
    assert launching.launch(session, made.id, now)
    return made


def _repeat(session, table):
    """The same rows once more for each of some years."""
    columns = [column for column in table.c if column.key != "id"]
    years = func.generate_series(1000, 1000 + YEARS).table_valued("year")
    year = years.render_derived()
    values = [year.c.year if c.key == "campaign_id" else c for c in columns]
    found = select(*values).join_from(table, year, true())
    session.execute(insert(table).from_select(columns, found))


@pytest.mark.usefixtures("campaign")
def test_launching(session, now):
    guardian = {"category": 5, "guardian_phone": "+8614900000031"}
    factories.member(session, phone=None, **guardian)
    for _ in range(PEOPLE):
        factories.member(session, phone=None)
    another = factories.campaign(session)
    with explaining(session) as plan:
        assert launching.launch(session, another.id, now)
    assert not joins_row_by_row(plan)
    # Whose guardian has a new phone is not looked for in all of the register.
    few = "member_guardian_new on member"
    assert any(few in line for line in plan.plan)


def joins_row_by_row(plan) -> list[str]:
    return [line for line in plan.plan if "Removed by Join Filter" in line]


def test_ending_a_stopped_campaign(session, campaign, now):
    campaign.status = CampaignState.CANCELLED
    session.flush()
    with explaining(session) as plan:
        assert gating.cancel(session, campaign.id, now) == PEOPLE
    assert not joins_row_by_row(plan)


def test_doubting_after_a_restore(session, campaign, claim, now):
    """A batch reads what it changes, and not all that is open."""
    claim(campaign, PEOPLE // 2)
    ids = restoring.still_open(session)
    assert len(ids) == PEOPLE
    session.execute(text("ANALYZE message"))
    for size in (10, 50):
        batch, ids = ids[:size], ids[size:]
        with explaining(session) as plan:
            assert restoring.doubt(session, batch, now, now) == size
        read = [line for line in plan.plan if "on message " in line]
        assert read
        assert all("pk_message" in line or "Update on" in line for line in read)


def test_ending_leases(session, campaign, claim, now):
    claim(campaign, PEOPLE)
    with explaining(session) as plan:
        assert reconciling.expire(session, now + timedelta(hours=1)) == PEOPLE
    assert not joins_row_by_row(plan)
