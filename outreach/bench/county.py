"""A county to measure on: places, people made by SQL, an issued text, campaigns.

Nobody in it exists. People share one sealed name and one sealed number, and each has
blind indexes of their own: sealing two million numbers one by one would take longer
than what is measured, and no statement could tell the difference.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.audience.rules import Rule
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.vocabulary import (
    BulletinState,
    CampaignState,
    Channel,
    Level,
    Preference,
    Urgency,
)
from outreach.beginning import begin
from outreach.database import Database

COUNTY = "510522"
TEXT = "高温提醒：今天很热，多喝水，少出门。头晕、恶心，马上到阴凉处歇。"
NUMBER = "+8614000000000"
"""A prefix that is assigned to nobody."""
_TEN_YEARS = timedelta(days=3650)
_PEOPLE = """
INSERT INTO member (
  identity, provisional, name, name_index, phone, phone_index, guardian_phone,
  guardian_phone_index, guardian_known_index, categories, certificate_category, grade,
  birth_date, sex,
  township, village, living_alone, chronic_illness, reads_aloud, number_status,
  legal_basis, status, preference, guardian_copy, created_at, updated_at)
SELECT
  decode(md5('id' || n), 'hex'), false, :name, decode(md5('name' || n % 50000), 'hex'),
  CASE WHEN phoned THEN :phone END,
  CASE WHEN phoned THEN decode(md5('phone' || n - shared), 'hex') END,
  CASE WHEN category IN (5, 6) THEN :guardian END,
  guardian, guardian,
  CASE category WHEN 7 THEN 12 ELSE 1 << (category - 1) END,
  category, 1 + dice % 4, DATE '1934-01-01'
    + (dice % CASE WHEN :mixed THEN 32000 ELSE 20000 END)::int,
  CASE dice % 2 WHEN 0 THEN 'm' ELSE 'f' END,
  left(village, 9), village, dice % 11 = 0, dice % 5 = 0, dice % 29 = 0,
  'normal', 'statutory', 'active', :preference, true, :now, :now
FROM generate_series(CAST(:first AS bigint), CAST(:people AS bigint)) AS n
CROSS JOIN LATERAL (SELECT ('x' || left(md5('dice' || n), 8))::bit(32)::bigint AS dice)
CROSS JOIN LATERAL (SELECT
  (CAST(:villages AS text[]))[1 + (n - 1) * :n_villages / CAST(:people AS bigint)]
    AS village,
  CASE WHEN NOT :mixed THEN 4 WHEN dice % 1000 < 510 THEN 4 WHEN dice % 1000 < 678
    THEN 6 WHEN dice % 1000 < 786 THEN 1 WHEN dice % 1000 < 867 THEN 5
    WHEN dice % 1000 < 944 THEN 2 WHEN dice % 1000 < 995 THEN 7 ELSE 3 END AS category,
  NOT :mixed OR dice % 33 <> 0 AS phoned,
  CASE WHEN :mixed AND n % 25 = 0 THEN 1 ELSE 0 END AS shared)
CROSS JOIN LATERAL (SELECT
  CASE WHEN category IN (5, 6) THEN decode(md5('guardian' || n), 'hex') END AS guardian)
"""
"""Shares as in the yearbook of the federation, 2020; three in a hundred have no phone,
four share their neighbour's."""


def found(session: Session, now: datetime) -> None:
    """Fill an empty database with the county's unit and places."""
    begin(
        session,
        COUNTY,
        now=now,
        name="合江县残联",
        signature="合江县残联",
        landline="0830-0000000",
        window_from=0,
        window_to=1440,
        hold_seconds=0,
    )


def settle(
    session: Session, people: int, now: datetime, *, mixed: bool, after: int = 0
) -> None:
    """Put people into the county, from number ``after`` on to number ``people``.

    Without ``mixed`` everybody has a phone of their own and gets a text.
    """
    villages = list(
        session.scalars(
            select(Place.code).where(Place.level == Level.VILLAGE).order_by(Place.code)
        )
    )
    values = {
        "first": after + 1,
        "people": people,
        "villages": villages,
        "n_villages": len(villages),
        "mixed": mixed,
        "name": privacy.seal("某某", "member.name"),
        "phone": privacy.seal(NUMBER, "member.phone"),
        "guardian": privacy.seal(NUMBER, "member.guardian_phone"),
        "preference": Preference.NONE.value,
        "now": int(now.timestamp() * 1_000_000),
    }
    session.execute(text(_PEOPLE), values)


def refuse(session: Session, now: datetime, *, one_in: int = 100) -> None:
    """Let one person in so many refuse every text for themselves."""
    values = {"now": int(now.timestamp() * 1_000_000), "one_in": one_in}
    session.execute(text(_REFUSALS), values)


_REFUSALS = """
INSERT INTO opt_out (
  phone_index, member_id, scope, source, recorded_at, personal, to_ask)
SELECT phone_index, id, 'all', 'reply', :now, true, false
FROM member WHERE phone_index IS NOT NULL AND id % :one_in = 0
"""


def campaign(
    session: Session, now: datetime, rule: Rule | None = None, *, words: str = TEXT
) -> int:
    """A released campaign to whom ``rule`` finds, due now; its id."""
    bulletin = Bulletin(title="高温防暑", made_by=1, made_at=now)
    session.add(bulletin)
    session.flush()
    version = BulletinVersion(
        bulletin_id=bulletin.id,
        number=1,
        urgency=Urgency.MUST_REACH,
        sms_text=words,
        spoken_text=words,
        state=BulletinState.ISSUED,
        written_by=1,
        issued_by=2,
        written_at=now,
        issued_at=now,
    )
    session.add(version)
    session.flush()
    made = Campaign(
        name="高温提醒",
        version_id=version.id,
        segment_id=1,
        rule=(rule or Rule()).to_json(),
        channels=[Channel.SMS.value],
        provider="simulator",
        urgency=Urgency.MUST_REACH,
        status=CampaignState.RUNNING,
        due_at=now,
        send_before=now + _TEN_YEARS,
        window_from=0,
        window_to=1440,
        made_by=1,
        made_at=now,
        approved_by=2,
        approved_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def tidy(database: Database) -> None:
    """Let the planner know the tables, as a server at rest does by itself."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            "VACUUM (ANALYZE)"
        )
