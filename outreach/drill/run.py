"""One drill from the first process to the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from outreach.demo import county
from outreach.drill import settling
from outreach.drill.judging import TRIGGER, Verdict, judge
from outreach.drill.leaking import leaks
from outreach.drill.office import Office
from outreach.drill.stand import Stand
from outreach.drill.storm import Storm
from outreach.drill.visiting import Visitor
from outreach.loop import LOOP
from outreach.wiring import Wiring, build

RECOVERY_SECONDS = 120.0
NEVER_SENT_PER_KILL = 5.0
_MANY = 100
"""Kills from which on an average says something."""
_PAGE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a drill is asked to do."""

    messages: int
    kills: int
    seed: int
    workers: int = 2
    lease: int = 45
    freezes: bool = False
    resend: bool = False
    """Whether the campaign sends again what the carrier's records prove absent."""


def run(wanted: Wanted, say: Callable[[str], None]) -> dict[str, Any]:
    """Play the storm and return the report; ``ok`` says whether everything held."""
    began = time.monotonic()
    stand = Stand(workers=wanted.workers, seed=wanted.seed, lease_seconds=wanted.lease)
    with stand:
        wiring = build(stand.settings)
        office = open_office(wiring)
        storm = Storm(
            *(stand, office, wanted.seed),
            freezes=wanted.freezes,
            resend=wanted.resend,
            say=say,
        )
        with Visitor(f"{stand.settings.own_url}/sign-in") as visitor:
            campaign = storm.play(wanted.messages, wanted.kills)
            say("恢复 / recovering")
            seconds = settling.recovered(stand, office, [campaign], storm.ended)
        verdict, found = settle(stand, wiring, office, [campaign])
        leaked = leaks(stand.folder)
        LOOP.run(wiring.close())
    kills = sum(stand.killed.values())
    held = invariants(verdict, seconds, leaked, visitor)
    if wanted.resend:
        held["resent"] = not verdict.doubts
    elif kills >= _MANY and not wanted.freezes:
        held["few_never_sent"] = verdict.never_sent <= NEVER_SENT_PER_KILL * kills
    return {
        "messages": wanted.messages,
        "kills": kills,
        "killed": dict(stand.killed),
        "other_faults": storm.faults,
        **verdict.told(),
        "in_doubt_found_by_asking": found,
        "resend_after_absence": wanted.resend,
        "frozen_seconds": storm.frozen,
        "in_doubt_never_sent_per_kill": round(verdict.never_sent / max(kills, 1), 2),
        "recovery_seconds": seconds,
        "pages": {"p95_seconds": visitor.p95, **visitor.answers},
        "leaks": leaked,
        "invariants": held,
        "seconds": round(time.monotonic() - began, 1),
        "seed": wanted.seed,
        "ok": all(held.values()) and kills >= wanted.kills,
    }


def open_office(wiring: Wiring) -> Office:
    """Make the county, its two people, and the note of every step."""
    with wiring.database.writing() as session:
        staff = county.make(session, wiring.settings.demo_county, wiring.clock())
        session.execute(text(TRIGGER))
    return Office(wiring, staff[0].user_id, staff[1].user_id)


def settle(
    stand: Stand, wiring: Wiring, office: Office, campaigns: list[int]
) -> tuple[Verdict, int]:
    """Hear every receipt, ask about every doubt, then compare ledger and database."""
    settling.told(stand, office, campaigns)
    found = settling.ask(wiring)
    settling.bring_forward(wiring)
    settling.told(stand, office, campaigns)
    return judge(wiring, campaigns), found


def invariants(
    verdict: Verdict, seconds: float | None, leaked: list[str], visitor: Visitor
) -> dict[str, bool]:
    """The invariants that a drill can see; no sound is made in it, so I10 is not.

    I5 is part of I12: nothing is left under way, due or unread when it has recovered.
    """
    doubted = any(doubt.in_ledger for doubt in verdict.doubts)
    quick = seconds is not None and seconds <= RECOVERY_SECONDS
    return {
        "I1": verdict.sent_twice == 0,
        "I2": verdict.unsummed == 0,
        "I3": verdict.lost == 0 and not doubted,
        "I4": not verdict.skipped_or_cancelled_sent and not verdict.after_last_moment,
        "I5": verdict.stuck == 0 and verdict.inbox == 0,
        "I6": not verdict.steps_unknown,
        "I7": verdict.tally_off == 0,
        "I8": verdict.audit_broken is None and verdict.unapproved == 0,
        "I9": not leaked,
        "I11": visitor.wrong == 0 and visitor.p95 <= _PAGE_SECONDS,
        "I12": quick,
    }
