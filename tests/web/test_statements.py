"""A page asks the database the same few questions however many campaigns there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import stages
from sqlalchemy import event, select

from campaigns.delivery.models import Line
from campaigns.reporting.daily import periods
from campaigns.shanghai import day_of

DAILY = f"/reporting/daily/{day_of(datetime.now(UTC))}"
"""It counts thirty columns anew: its statements may be more, and do not grow."""

PAGES = {
    "xian": [
        "/",
        DAILY,
        "/audience/",
        "/bulletins/",
        "/planning/",
        "/delivery/1",
        "/delivery/1/messages",
        "/delivery/replies",
        "/fieldwork/",
        "/fieldwork/visits",
        "/register",
        "/register/duplicates",
        "/reporting/",
        "/reporting/campaigns/1",
        "/reporting/daily/register",
    ],
    "fubao": ["/", "/fieldwork/"],
    "shenji": ["/", "/audit"],
    "guanli": ["/", "/health"],
}
MOST, MOST_COUNTED = 20, 25


@pytest.fixture
def asked(app, visit):
    """How many statements each page sends, by person and address."""
    sent: list[str] = []
    engine = app.extensions["outreach"].database.engine

    def note(_connection, _cursor, statement, *_more) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    people = {name: visit(name) for name in PAGES}

    def count(pages=PAGES) -> dict[tuple[str, str], int]:
        found = {}
        for name, addresses in pages.items():
            for address in addresses:
                people[name].read(address)
                sent.clear()
                people[name].read(address)
                found[name, address] = len(sent)
        return found

    yield count
    event.remove(engine, "before_cursor_execute", note)


def test_no_page_asks_more_with_every_campaign(writing, asked) -> None:
    with writing() as session:
        stages.people(session, 4)
        begun = datetime.now(UTC) - timedelta(hours=1)
        periods.open_period(session, "抗寒保暖", by=1, now=begun)
    [at_first] = asked({"xian": ["/"]}).values()
    assert at_first <= MOST, "the guide of the first days counts as well"
    with writing() as session:
        stages.launched(session)
        assert session.scalars(select(Line)).first() is None, "nothing is being sent"
    before = asked()
    with writing() as session:
        for _ in range(3):
            stages.launched(session)
    assert asked() == before
    assert before.pop(("xian", DAILY)) <= MOST_COUNTED
    assert {page for page, n in before.items() if n > MOST} == set()
