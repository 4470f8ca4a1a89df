"""How close sending comes to a client that does nothing but post."""

from __future__ import annotations

import sys
from typing import Any

from outreach.bench import county
from outreach.bench.ground import Ground, ground
from outreach.bench.limits import Limits, middle, spread
from outreach.bench.sending import PROCESSES, Leg, Road
from outreach.simulator import asking

LIMITS = Limits(
    least={
        "ratio_to_bare": 0.5,
        "ratio_to_bare_30ms": 0.85,
        "ratio_to_task_per_message": 15.0,
    },
    most={"peak_rss_mb": 300.0},
)
_SIZES = {"full": (35_000, 5, 2_000), "small": (400, 2, 40)}
"""Messages a leg, legs of each kind, messages of the one-task leg."""
_FEWER = 4
"""With latency the one-task leg is so many times shorter: it takes minutes else."""
_LATENCY_MS = 30


def run(scale: str = "full", members: int = 0) -> dict[str, Any]:
    """Ours against the bare client, alternating, without and with 30 ms latency.

    ``members`` adds one campaign to so many people, for the memory of a worker.
    Three to six minutes on two cores; two million members take ten more.
    """
    messages, legs, few = _SIZES[scale]
    with ground() as place:
        _settle(place, messages)
        road = Road(place)
        road.start()
        quick = _alternate(road, messages, legs)
        asking.behave(place.settings, latency_ms=_LATENCY_MS)
        slow = _alternate(road, messages, legs)
        slow_single = road.one_by_one(few // _FEWER)
        asking.behave(place.settings, latency_ms=0)
        single = road.one_by_one(few)
        small = road.peak_rss_mb()
        grown = _grow(place, road, messages, members) if members else {}
    ours, bare = (middle([leg.rate for leg in found]) for found in quick)
    slow_ours, slow_bare = (middle([leg.rate for leg in found]) for found in slow)
    figures = {
        "ratio_to_bare": round(ours / bare, 3),
        "ratio_to_bare_30ms": round(slow_ours / slow_bare, 3),
        "ratio_to_task_per_message": round(ours / single.rate, 1),
        "ratio_to_task_per_message_30ms": round(slow_ours / slow_single.rate, 1),
        "peak_rss_mb": round(max(small, grown.get("peak_rss_mb", 0.0)), 1),
        "messages": messages,
        "processes": PROCESSES,
        "ours_per_second": spread([leg.rate for leg in quick[0]]),
        "bare_per_second": spread([leg.rate for leg in quick[1]]),
        "ours_per_second_30ms": spread([leg.rate for leg in slow[0]]),
        "bare_per_second_30ms": spread([leg.rate for leg in slow[1]]),
        "task_per_message_per_second": [
            round(leg.rate, 1) for leg in (single, slow_single)
        ],
        "cpu_us_per_message": {"ours": _cpu(quick[0]), "bare": _cpu(quick[1])},
        **({"members": grown} if grown else {}),
    }
    counted = [*quick[0], *quick[1], *slow[0], *slow[1], single, slow_single]
    agreed = all(leg.agreed for leg in counted) and grown.get("agreed", True)
    return LIMITS.judged(figures, agreed=agreed)


def _settle(place: Ground, people: int, after: int = 0) -> None:
    database, now = place.wiring.database, place.wiring.clock()
    with database.writing() as session:
        if not after:
            county.found(session, now)
        county.settle(session, people, now, mixed=False, after=after)
    county.tidy(database)


def _alternate(road: Road, messages: int, legs: int) -> tuple[list[Leg], list[Leg]]:
    """Legs of ours and of the bare client in turn; the first pair warms up."""
    pairs = []
    for n in range(legs):
        bare, ours = road.bare(messages), road.ours(messages)
        pairs.append((ours, bare))
        told = f"{n + 1}/{legs}: ours {ours.rate:.0f}, bare {bare.rate:.0f} a second"
        print(told, file=sys.stderr)  # noqa: T201 - progress
    kept = pairs[1:]
    return [ours for ours, _ in kept], [bare for _, bare in kept]


def _grow(place: Ground, road: Road, messages: int, members: int) -> dict[str, Any]:
    """Memory of the same workers before and after a campaign to ``members`` people."""
    before = road.peak_rss_mb()
    _settle(place, members, after=messages)
    leg = road.ours(members)
    return {
        "messages": members,
        "peak_rss_mb_before": round(before, 1),
        "peak_rss_mb": round(road.peak_rss_mb(), 1),
        "per_second": round(leg.rate),
        "agreed": leg.agreed,
    }


def _cpu(legs: list[Leg]) -> dict[str, int]:
    """Microseconds a message of each, in the middle of the legs."""
    return {
        name: round(middle([leg.cpu[name] for leg in legs]))
        for name in sorted(legs[0].cpu)
    }
