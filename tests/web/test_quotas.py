"""What the table of rights counts by the day is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factories
import pytest
from sqlalchemy import update

from outreach.audit import AuditRow


@pytest.fixture
def someone(writing) -> str:
    with writing() as session:
        return f"/register/{factories.member(session).id}/reveal"


def look(person, page: str, *fields: str) -> int:
    return person.send(page, fields=list(fields), reason="call").status_code


def test_a_township_looks_at_twenty_people_a_day(visit, writing, someone) -> None:
    person = visit("fubao")
    statuses = [look(person, someone, "phone") for _ in range(21)]
    assert statuses == [303] * 20 + [422]
    with writing() as session:
        day_before = datetime.now(UTC) - timedelta(days=1)
        session.execute(update(AuditRow).values(at=day_before))
    assert look(person, someone, "phone") == 303


def test_a_coordinator_is_counted_at_certificates_alone(visit, someone) -> None:
    person = visit("xian")
    names = [look(person, someone, "name") for _ in range(22)]
    numbers = [look(person, someone, "id_number") for _ in range(21)]
    assert names == [303] * 22
    assert numbers == [303] * 20 + [422]
