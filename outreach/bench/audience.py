"""Counting a segment and freezing an audience, at two million members."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text

from campaigns.audience.rules import Rule
from campaigns.audience.selection import count
from campaigns.delivery.launching import launch
from campaigns.delivery.models import Recipient
from campaigns.register.scope import Scope
from outreach.bench import county
from outreach.bench.ground import Ground, ground
from outreach.bench.limits import Limits, middle, seconds
from outreach.rows import WIDEN, patterns

LIMITS = Limits(most={"count_seconds": 1.0, "freeze_ratio": 20.0})
_SIZES = {"full": 2_000_000, "small": 3_000}
_TIMES = 5
_RULES = {
    "everyone": Rule(),
    "visual": Rule(categories=(1,)),
    "one_township": Rule(townships=("510522112",)),
    "severe_and_old": Rule(grades=(1, 2), min_age=60),
}
_BARE = ("message", "recipient")


def run(scale: str = "full") -> dict[str, Any]:
    """Counts by rule, and a freeze against a bare INSERT … SELECT of the same rows.

    The bare one writes the same columns of the same rows into tables without an index.
    Five to ten minutes and three gigabytes at two million members.
    """
    members = _SIZES[scale]
    with ground() as place:
        database, clock = place.wiring.database, place.wiring.clock
        with database.writing() as session:
            county.found(session, clock())
            county.settle(session, members, clock(), mixed=True)
            county.refuse(session, clock())
        county.tidy(database)
        counts = {name: _count(place, rule) for name, rule in _RULES.items()}
        on_a_page = _count(place, Rule(), role="outreach_web")
        with database.writing() as session:
            campaign_id = county.campaign(session, clock())
        with database.writing() as session:
            freeze = seconds(lambda: launch(session, campaign_id, clock()))
        bare = _bare(place)
        with database.reading() as session:
            frozen = session.scalar(select(func.count()).select_from(Recipient))
            told = count(session, Rule(), Scope.everything(), clock()).total
    figures = {
        "count_seconds": round(max(counts.values()), 3),
        "freeze_ratio": round(freeze / bare, 1),
        "members": members,
        "count_seconds_by_rule": {name: round(n, 3) for name, n in counts.items()},
        "count_seconds_of_everyone_on_a_page": round(on_a_page, 3),
        "freeze_seconds": round(freeze, 1),
        "bare_insert_seconds": round(bare, 1),
    }
    return LIMITS.judged(figures, agreed=frozen == told == members)


def _count(place: Ground, rule: Rule, role: str = "outreach_worker") -> float:
    """Seconds of a count; as ``outreach_web`` under PostgreSQL's own look at rows."""
    whole = Scope((county.COUNTY,))

    def once() -> None:
        with place.wiring.database.reading() as session:
            session.execute(text(f"SET LOCAL ROLE {role}"))
            session.execute(WIDEN, {"places": patterns(whole), "categories": "0"})
            count(session, rule, whole, place.wiring.clock())

    return middle([seconds(once) for _ in range(_TIMES)])


def _bare(place: Ground) -> float:
    with place.wiring.database.writing() as session:
        for name in _BARE:
            session.execute(text(f"CREATE TABLE bare_{name} (LIKE {name})"))
        return seconds(
            lambda: [
                session.execute(text(f"INSERT INTO bare_{n} SELECT * FROM {n}"))  # noqa: S608  # nosec B608  # our own names
                for n in _BARE
            ]
        )
