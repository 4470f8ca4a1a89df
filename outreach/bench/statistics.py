"""What a campaign's page and the hot statements cost at ten million messages."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from campaigns.delivery import tally
from outreach import accounts
from outreach.accounts import Role
from outreach.app import create_app
from outreach.bench import county, history, plans
from outreach.bench.ground import Ground, ground
from outreach.bench.limits import Limits, seconds

LIMITS = Limits(most={"page_growth": 1.5, "buffers_growth": 2.0})
_SIZES = {"full": (100_000, 5, 2_000_000), "small": (500, 2, 1_000)}
"""Messages before, campaigns added, people of each of them."""
_TIMES = 15
_OK = 200
_PASSWORD = "bench-" + "a1" * 6  # nosec B105  # of a server that is gone at once


def run(scale: str = "full", *, explain: bool = False) -> dict[str, Any]:
    """A campaign's page and the hot statements, before and after years of history.

    ``page_growth`` is the worst of the same campaign's page later and the largest
    campaign's page, against the page before. ``explain`` adds every plan in full.
    Ten to fifteen minutes and fifteen gigabytes at ten million messages.
    """
    before, campaigns, people = _SIZES[scale]
    with ground() as place:
        _settle(place, people)
        (small,) = history.write(place, 1, people, people // before)
        place.start_broker()  # counts sign-ins
        app = create_app(place.settings)
        reader = _sign_in(app)
        page = _page(reader, small)
        early = plans.run(place)
        *_, large = history.write(place, campaigns, people, 1)
        later, largest = _page(reader, small), _page(reader, large)
        late = plans.run(place)
        with place.wiring.database.reading() as session:
            agreed = not tally.recount(session, small)
        app.extensions["outreach"].database.dispose()
    statements = {name: plans.told(early[name], late[name]) for name in early}
    figures = {
        "page_growth": round(max(later, largest) / page, 2),
        "buffers_growth": max(one["growth"] for one in statements.values()),
        "messages": [before, before + campaigns * people],
        "page_ms": round(page * 1000, 1),
        "page_ms_later": round(later * 1000, 1),
        "page_ms_of_the_largest": round(largest * 1000, 1),
        "statements": statements,
        **({"plans": {name: late[name].plan for name in late}} if explain else {}),
    }
    return LIMITS.judged(figures, agreed=agreed)


def _settle(place: Ground, people: int) -> None:
    database, now = place.wiring.database, place.wiring.clock()
    with database.writing() as session:
        county.found(session, now)
        county.settle(session, people, now, mixed=True)
        user = accounts.add_user(
            session, name="banshi1", shown_as="经办人", password=_PASSWORD, now=now
        )
        accounts.add_grant(
            session, user, role=Role.COORDINATOR, place=county.COUNTY, now=now
        )
    county.tidy(database)


def _sign_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    form = client.get("/sign-in").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    token = found[1] if found else ""
    values = {"name": "banshi1", "password": _PASSWORD, "csrf_token": token}
    client.post("/sign-in", data=values)
    return client


def _page(reader: FlaskClient, campaign_id: int) -> float:
    """Seconds of a campaign's page of figures: the least of several.

    What else the machine does meanwhile only adds, and years of history lie between
    the two moments that are compared.
    """

    def once() -> None:
        answer = reader.get(f"/reporting/campaigns/{campaign_id}")
        if answer.status_code != _OK:
            raise RuntimeError(answer.status_code)

    once()
    return min(seconds(once) for _ in range(_TIMES))
