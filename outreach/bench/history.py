"""Years of history, made by SQL: finished campaigns with their people and counts.

Keys that point elsewhere are not checked and indexes are made afterwards, or ten
million messages would take an hour; what stands there in the end is the same.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns.delivery import squashing, tally
from outreach.bench import county
from outreach.bench.ground import Ground

_MESSAGES = """
INSERT INTO message (campaign_id, member_id, channel, addressee, phone_index, township,
  village, category, state, was, reason, was_reason, due_at, attempt, provider,
  provider_ref, parts, asked, polled, submitted_at, accepted_at, finished_at)
SELECT :campaign, id, 'sms', 'member', decode(md5('phone' || id), 'hex'), township,
  village, certificate_category, CASE WHEN id % 12 = 0 THEN 50 ELSE 60 END, 30,
  CASE WHEN id % 12 = 0 THEN 'absent' ELSE '' END, '', :now, 1, 'simulator',
  'SM' || md5(:campaign || '-' || id), 1, 0, 0, :now, :now, :now
FROM member WHERE id % :step = 0 ORDER BY id
"""
_PEOPLE = """
INSERT INTO recipient (campaign_id, member_id, township, village, category, best, was,
  suits, reason, was_reason)
SELECT campaign_id, member_id, township, village, category, state, 0, true, reason, ''
FROM message WHERE campaign_id = :campaign ORDER BY id
"""
_RECEIPTS = """
INSERT INTO receipt (report, provider, provider_ref, message_id, attempt, part, state,
  reason, status, received_at, retry_at, applied_at, result)
SELECT decode(md5('report' || id), 'hex'), 'simulator', provider_ref, id, 1, 0, state,
  reason, 'delivered', :now, :now, :now, 'applied'
FROM message WHERE campaign_id = :campaign ORDER BY id
"""
_CAMPAIGN = (
    "UPDATE campaign SET status = :status, launched_at = :now WHERE id = :campaign"
)
_TABLES = ("message", "recipient", "receipt")


def write(place: Ground, campaigns: int, people: int, step: int) -> list[int]:
    """Campaigns to every ``step``-th of ``people``, delivered and reported; their ids.

    Every township has its share of each, so that their pages show the same tables.
    """
    database, now = place.wiring.database, place.wiring.clock()
    made = []
    with database.writing() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        worth_it = campaigns * people // step > _MANY
        rebuilt = _drop_indexes(session) if worth_it else []
        for _ in range(campaigns):
            campaign_id = county.campaign(session, now)
            micros = int(now.timestamp() * 1_000_000)
            facts = {"campaign": campaign_id, "now": micros}
            session.execute(text(_MESSAGES), {**facts, "step": step})
            for statement in (_PEOPLE, _RECEIPTS):
                session.execute(text(statement), facts)
            session.execute(text(_CAMPAIGN), {**facts, "status": "finished"})
            tally.repair(session, campaign_id)
            made.append(campaign_id)
        for statement in rebuilt:
            session.execute(text(statement))
        while squashing.squash(session):
            pass
    county.tidy(database)
    return made


_MANY = 500_000
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
  i.indrelid::regclass::text
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid = ANY(CAST(:tables AS regclass[])) AND NOT i.indisprimary
"""


def _drop_indexes(session: Session) -> list[str]:
    """Drop what is not a primary key; the statements that make it again."""
    again = []
    session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    found = session.execute(text(_INDEXES), {"tables": list(_TABLES)}).all()
    for index, definition, constraint, table in found:
        if constraint:
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
            keep = f"ADD CONSTRAINT {constraint} UNIQUE USING INDEX {index}"
            again += [definition, f"ALTER TABLE {table} {keep}"]
        else:
            session.execute(text(f"DROP INDEX {index}"))
            again.append(definition)
    return again
