"""EXPLAIN (ANALYZE, BUFFERS) of every hot statement, as the service itself puts them.

Each statement is explained where it is about to run, with its own values, and undone;
then it runs. So the plans are those of the code and not of a copy in a document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.delivery import (
    finishing,
    launching,
    receipts,
    reconciling,
    squashing,
    tally,
)
from campaigns.delivery.carrying import Outcome
from campaigns.delivery.claiming import Batch, claim
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.provider import Limits, Report
from campaigns.delivery.sending import record
from campaigns.register.models import Member
from campaigns.vocabulary import MessageState
from outreach.bench import county
from outreach.bench.ground import Ground

_BATCH = 32
_REPORTS = 500


@dataclass(slots=True)
class Plan:
    """What a function's statements cost together: milliseconds and pages touched."""

    ms: float = 0.0
    buffers: int = 0
    plan: list[str] = field(default_factory=list)


def told(early: Plan, late: Plan) -> dict[str, Any]:
    """Both figures of one statement, and how many times more pages it touches later."""
    return {
        "ms": [round(early.ms, 2), round(late.ms, 2)],
        "buffers": [early.buffers, late.buffers],
        "growth": round(late.buffers / max(early.buffers, 1), 2),
    }


def run(place: Ground) -> dict[str, Plan]:
    """Send, receive and count one village's campaign, and explain what that takes."""
    wiring, now = place.wiring, place.wiring.clock()
    signer = wiring.signer
    found: dict[str, Plan] = {}

    def explained(name: str, work: Callable[[Session], Any]) -> Any:  # noqa: ANN401
        with wiring.database.writing() as session, explaining(session) as plan:
            result = work(session)
        found[name] = plan
        return result

    with wiring.database.writing() as session:
        # What a claim and a receipt cost does not follow the size of its campaign.
        village = session.scalars(select(Member.village).limit(1)).one()
        one_village = Rule(villages=(village or "",))
        campaign_id = county.campaign(session, now, one_village)
    explained("freeze one village", lambda s: launching.launch(s, campaign_id, now))
    explained("due campaigns", lambda s: finishing.due_campaigns(s, now))
    with wiring.database.reading() as session:
        dispatch = Dispatch.of(session, campaign_id)

    def claimed(session: Session) -> Batch:
        limits = Limits(per_second=1)
        return claim(session, dispatch, _BATCH, now, signer=signer, limits=limits)

    batch: Batch = explained("claim", claimed)
    outcomes = [
        Outcome(
            out.message_id, out.attempt, MessageState.ACCEPTED, reference="SM", parts=1
        )
        for out in batch.messages
    ]
    explained("record", lambda s: record(s, batch, outcomes, now))
    reports = [_report(out.token) for out in batch.messages]
    explained("inbox", lambda s: receipts.store(s, reports, signer=signer, now=now))
    explained("apply", lambda s: receipts.apply(s, now))
    later = now + timedelta(hours=1)
    explained("expire", lambda s: reconciling.expire(s, later))
    explained("squash", squashing.squash)
    explained("read the tally", lambda s: tally.figures(s, campaign_id))
    return found


def _report(named: str) -> Report:
    return Report(
        provider="simulator",
        token=named,
        reference="SM",
        status="delivered",
        state=MessageState.DELIVERED,
        identity=(named, "delivered"),
    )


@contextmanager
def explaining(session: Session) -> Iterator[Plan]:
    """What the statements of the block cost, which must be PostgreSQL's."""
    plan = Plan()
    connection = session.connection()

    def before(_c: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:  # noqa: ANN401
        one = values[0] if rest[-1] and isinstance(values, list) else values
        cursor.execute("SAVEPOINT explained")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", one)
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute("ROLLBACK TO SAVEPOINT explained")
        plan.plan += lines
        plan.ms += float(lines[-1].split()[2])
        plan.buffers += _touched(lines)

    event.listen(connection, "before_cursor_execute", before)
    try:
        yield plan
    finally:
        event.remove(connection, "before_cursor_execute", before)


def _touched(lines: list[str]) -> int:
    """Pages of the topmost node, which includes those below it."""
    for line in lines:
        name, _, counts = line.strip().partition("Buffers: ")
        if counts and not name:
            words = counts.partition(",")[0].split()
            return sum(
                int(word.partition("=")[2])
                for word in words
                if word.startswith(("hit=", "read="))
            )
    return 0


__all__ = ["Plan", "explaining", "run", "told"]
