"""Recording what came of a batch, after ``carry`` has spoken to the provider.

Between the two there is no transaction: intent was committed by the claim, outcomes
are recorded in one transaction afterwards. ``carry`` never raises and ``record``
never fails a whole batch for one bad row: either would leave everybody in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    SmallInteger,
    String,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.delivery import line, tally
from campaigns.delivery.carrying import TOO_LATE, Outcome, carry
from campaigns.delivery.claiming import Batch
from campaigns.delivery.models import Attempt, Message
from campaigns.delivery.people import settle
from campaigns.orm import micros, number, packed, packed_ids, rows, table_of
from campaigns.vocabulary import MessageState

_S = MessageState
_UNKNOWN = line.Turn(0)


def record(
    session: Session,
    batch: Batch,
    outcomes: Sequence[Outcome],
    now: datetime,
    turn: line.Turn = _UNKNOWN,
) -> None:
    """Record a batch: states, counts, failed attempts and what the line must learn.

    Safe to repeat: an outcome counts once, for its own attempt only, and never
    against what a receipt has already said. ``turn`` is the one that it took. Raises
    DataError for a value the database refuses: the caller then records one by one.
    """
    session.execute(_LOCK, {"ids": packed_ids(out.message_id for out in outcomes)})
    settle(session, _move(session, outcomes, now))
    _keep_attempts(session, batch, outcomes, now)
    _teach_line(session, batch, outcomes, now, turn)


_message = table_of(Message)
_m = _message.c
_ids = rows("ids", {"id": BigInteger})
_LOCK = (
    select(_m.id).where(_m.id.in_(select(_ids.c.id))).order_by(_m.id).with_for_update()
)
_got = rows(
    "got",
    {
        "id": BigInteger,
        "attempt": Integer,
        "state": SmallInteger,
        "reason": String,
        "code": String,
        "reference": String,
        "parts": SmallInteger,
        "due_at": BigInteger,
    },
).c
# A receipt may have lifted the row while the answer was on its way: it wins.
_mine = _m.state.in_([number(state) for state in (_S.SUBMITTING, _S.IN_DOUBT)])
_taken = _got.state.between(number(_S.ACCEPTED), number(_S.DELIVERED))
_now = bindparam("now", type_=_m.accepted_at.type)
_MOVE = (
    update(_message)
    .where(
        _m.id == _got.id,
        _m.attempt == _got.attempt,
        _m.state < number(_S.REJECTED),
    )
    .values(
        was=_m.state,
        was_reason=_m.reason,
        state=case((_mine, _got.state), else_=_m.state),
        reason=case((_mine, _got.reason), else_=_m.reason),
        code=case((_mine, _got.code), else_=_m.code),
        due_at=case((_mine, _got.due_at), else_=_m.due_at),
        parts=case((_mine, func.coalesce(_got.parts, _m.parts)), else_=_m.parts),
        claim=None,
        lease_until=None,
        provider_ref=func.coalesce(_got.reference, _m.provider_ref),
        accepted_at=case(
            (and_(_mine, _taken), func.coalesce(_m.accepted_at, _now)),
            else_=_m.accepted_at,
        ),
        finished_at=case(
            (and_(_mine, _got.state >= number(_S.UNDELIVERED)), _now),
            else_=_m.finished_at,
        ),
    )
    .returning(*tally.MOVED)
)


def _move(
    session: Session, outcomes: Sequence[Outcome], now: datetime
) -> Sequence[Any]:
    got = packed(_row(outcome, now) for outcome in outcomes)
    return session.execute(_MOVE, {"got": got, "now": now}).all()


def _row(outcome: Outcome, now: datetime) -> tuple[object, ...]:
    due = now + FIRST_QUESTION if outcome.state == MessageState.IN_DOUBT else now
    return (
        outcome.message_id,
        outcome.attempt,
        int(outcome.state),
        outcome.reason,
        _cut(outcome.code, 40),
        _cut(outcome.reference, 80),
        outcome.parts,
        micros(now + outcome.wait if outcome.wait else due),
    )


def _cut(value: str | None, most: int) -> str | None:
    """What a column holds: a carrier's words are as long as it likes."""
    return value.replace("\0", "")[:most] if value else value


FIRST_QUESTION = timedelta(minutes=2)
"""After so long the provider is asked about a message in doubt for the first time."""


def _keep_attempts(
    session: Session, batch: Batch, outcomes: Iterable[Outcome], now: datetime
) -> None:
    failed = [
        {
            "message_id": outcome.message_id,
            "number": outcome.attempt,
            "provider": batch.provider,
            "outcome": outcome.state.name.lower(),
            "code": _cut(outcome.code, 40),
            "answer": _cut(outcome.answer, 200),
            "at": now,
        }
        for outcome in outcomes
        if not tally.billed(outcome.state) and outcome.code != TOO_LATE
    ]
    if failed:
        session.execute(insert(Attempt), failed)


def _teach_line(
    session: Session,
    batch: Batch,
    outcomes: Sequence[Outcome],
    now: datetime,
    turn: line.Turn,
) -> None:
    if any(outcome.broken for outcome in outcomes):
        line.open_breaker(session, batch.provider, now, trial=turn.failed)
        return
    if any(outcome.heard for outcome in outcomes):
        if turn.failed or turn.doubted:
            line.close_breaker(session, batch.provider)
    elif not turn.heard and (unsaid := sum(outcome.tried for outcome in outcomes)):
        line.miss(session, batch.provider, unsaid, now, trial=turn.failed)
    throttled = [outcome for outcome in outcomes if outcome.throttled]
    if throttled:
        waits = [outcome.wait.total_seconds() for outcome in throttled if outcome.wait]
        line.slow_down(session, batch.provider, now, retry_after=max(waits, default=0))


__all__ = ["FIRST_QUESTION", "Outcome", "carry", "record"]
