"""Playing scenarios one after another on one stand, each with its own verdict."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from campaigns.errors import CampaignError
from outreach.drill import run, settling
from outreach.drill.leaking import leaks
from outreach.drill.office import Office
from outreach.drill.scene import RATE, NotRun, Scenario, Scene
from outreach.drill.stand import Stand
from outreach.drill.visiting import Visitor
from outreach.loop import LOOP
from outreach.wiring import Wiring, build
from outreach.worker import celery

_LEASE = 6


def play(
    scenarios: Sequence[Scenario], seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Play ``scenarios`` and return a report with one entry for each."""
    began = time.monotonic()
    stand = Stand(workers=2, seed=seed, lease_seconds=_LEASE, rate=RATE)
    reports: dict[str, Any] = {}
    with stand:
        wiring = build(stand.settings)
        celery.conf.update(broker_url=stand.settings.broker_url)
        office = run.open_office(wiring)
        for scenario in scenarios:
            reports[scenario.name] = told = _one(scenario, stand, wiring, office, seed)
            mark = told["not_run"] or ("✓" if told["ok"] else f"✗ {told}")
            say(f"{scenario.name} {told['seconds']} s {mark}")
        LOOP.run(wiring.close())
    failed = [name for name, told in reports.items() if not told["ok"]]
    return {
        "scenarios": reports,
        "failed": failed,
        "not_run": [name for name, told in reports.items() if told["not_run"]],
        "seconds": round(time.monotonic() - began, 1),
        "seed": seed,
        "ok": not failed,
    }


def _one(
    scenario: Scenario, stand: Stand, wiring: Wiring, office: Office, seed: int
) -> dict[str, Any]:
    began = time.monotonic()
    why = ""
    scene = Scene(stand, office, random.Random(seed))  # noqa: S311  # nosec B311
    with Visitor(f"{stand.settings.own_url}/sign-in") as visitor:
        try:
            scenario.play(scene)
        except CampaignError as fault:
            scene.wrong.append(str(fault))
        except NotRun as reason:
            why = str(reason)
        ended = time.monotonic()
        scene.calm()
        recovery = settling.recovered(stand, office, scene.campaigns, ended)
    verdict, found = run.settle(stand, wiring, office, scene.campaigns)
    held = run.invariants(verdict, recovery, leaks(stand.folder), visitor)
    broken = [name for name, well in held.items() if not well]
    return {
        "faults": list(scenario.faults),
        "not_run": why,
        "messages": verdict.messages,
        "in_doubt": len(verdict.doubts),
        "in_doubt_never_sent": verdict.never_sent,
        "in_doubt_found_by_asking": found,
        "recovery_seconds": recovery,
        "broken": broken,
        "pages": {"p95_seconds": visitor.p95, **visitor.answers},
        "wrong": scene.wrong,
        "told": scene.told,
        "seconds": round(time.monotonic() - began, 1),
        "ok": not broken and not scene.wrong,
    }
