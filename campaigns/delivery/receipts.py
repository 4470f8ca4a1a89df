"""The inbox of what providers report, and its application to messages.

Storing is one INSERT, so that a provider hears "kept" quickly and only when it is
true. Applying folds all reports of a message: order, repeats and replays end alike.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    SmallInteger,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery import tally, token, trials
from campaigns.delivery.folding import Folded, Told, fold
from campaigns.delivery.models import Message, Receipt
from campaigns.delivery.naming import Waiting, by_reference
from campaigns.delivery.people import settle
from campaigns.delivery.provider import Report
from campaigns.orm import (
    insert_new,
    micros,
    number,
    packed,
    packed_ids,
    rows,
    table_of,
)
from campaigns.register import practice
from campaigns.vocabulary import MessageState

BATCH = 500
_GIVE_UP = timedelta(hours=24)
_SOONEST = timedelta(seconds=5)
_APPLIED = "applied"
_CLOSED = "closed"


def store(
    session: Session, reports: Iterable[Report], *, signer: bytes, now: datetime
) -> int:
    """Put ``reports`` into the inbox, each once, and return how many they are.

    One that is there already is left alone: providers repeat themselves.
    """
    found = {row["report"]: row for row in (_row(r, signer, now) for r in reports)}
    if found:
        # In the order of their keys: two writers then never wait in a circle.
        ordered = [found[key] for key in sorted(found)]
        insert_new(session, Receipt, ordered, "report")
    return len(found)


def _row(report: Report, signer: bytes, now: datetime) -> dict[str, Any]:
    identity = "\x1f".join((report.provider, *report.identity))
    named = token.read(signer, report.token)
    return {
        "report": hashlib.sha256(identity.encode()).digest(),
        "provider": report.provider,
        "provider_ref": report.reference and report.reference[:80],
        "message_id": named.message_id if named else None,
        "attempt": named.attempt if named else None,
        "part": report.part,
        "state": int(report.state or 0),
        "reason": report.reason.value,
        "status": report.status[:40],
        "code": report.code and report.code[:40],
        "phone_index": privacy.blind("phone", report.phone) if report.phone else None,
        "provider_at": report.provider_at,
        "received_at": now,
        "retry_at": now,
    }


@dataclass(frozen=True, slots=True)
class Applied:
    """How many reports were looked at, and how many could be matched.

    ``closed`` are those for messages that the provider had refused or we had stopped:
    somebody was told after all.
    """

    seen: int
    matched: int
    closed: int = 0


def apply(session: Session, now: datetime, size: int = BATCH) -> Applied:
    """Apply up to ``size`` waiting reports; states, people and counts follow."""
    found = session.execute(_WAITING, {"now": now, "size": size})
    waiting = [Waiting(*row) for row in found]
    if not waiting:
        return Applied(0, 0)
    waiting = by_reference(session, waiting)
    messages = _messages(session, {row.message_id for row in waiting})
    missing = any(row.message_id not in messages for row in waiting)
    gone = practice.last_message(session) if missing else 0
    verdicts = {
        row.id: _verdict(row, messages.get(row.message_id or 0), gone)
        for row in waiting
    }
    _close(session, waiting, verdicts, now)
    matched = {r.message_id or 0 for r in waiting if verdicts[r.id] == _APPLIED}
    folded = _fold(session, matched, messages)
    settle(session, _lift(session, folded, now))
    closed = sum(verdict == _CLOSED for verdict in verdicts.values())
    return Applied(len(waiting), len(matched), closed)


_r = table_of(Receipt).c
_m = table_of(Message).c
_keys = rows("keys", {"id": BigInteger})
_WAITING = (
    select(
        _r.id,
        _r.message_id,
        _r.attempt,
        _r.provider,
        _r.provider_ref,
        _r.phone_index,
        _r.state,
        _r.received_at,
    )
    .where(_r.applied_at.is_(None), _r.retry_at <= bindparam("now"))
    .order_by(_r.retry_at, _r.id)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_MESSAGES = (
    select(_m.id, _m.attempt, _m.provider, _m.phone_index, _m.state, _m.parts)
    .where(_m.id.in_(select(_keys.c.id)))
    .order_by(_m.id)
    .with_for_update()
)
_verdicts = rows("verdicts", {"id": BigInteger, "result": String}).c
_CLOSE = (
    update(table_of(Receipt))
    .where(_r.id == _verdicts.id)
    .values(applied_at=bindparam("now"), result=_verdicts.result)
)
_later = rows("later", {"id": BigInteger, "retry_at": BigInteger}).c
_WAIT = (
    update(table_of(Receipt)).where(_r.id == _later.id).values(retry_at=_later.retry_at)
)
_TOLD = select(_r.message_id, _r.part, _r.state, _r.reason, _r.code).where(
    _r.message_id.in_(select(_keys.c.id)), _r.result == _APPLIED
)
_to = rows(
    "folded",
    {"id": BigInteger, "state": SmallInteger, "reason": String, "code": String},
).c
_now = bindparam("now", type_=_m.finished_at.type)
_LIFT = (
    update(table_of(Message))
    .where(
        _m.id == _to.id,
        _m.state < number(MessageState.REJECTED),
        or_(
            _m.state < _to.state,
            and_(_m.state == _to.state, _m.reason != _to.reason),
        ),
    )
    .values(
        was=_m.state,
        was_reason=_m.reason,
        state=_to.state,
        reason=_to.reason,
        code=_to.code,
        accepted_at=func.coalesce(_m.accepted_at, _now),
        finished_at=_now,
    )
    .returning(*tally.MOVED)
)


def _messages(session: Session, ids: Iterable[int | None]) -> dict[int, Any]:
    keys = packed_ids(key for key in ids if key is not None)
    return {row.id: row for row in session.execute(_MESSAGES, {"keys": keys})}


def _verdict(receipt: Waiting, message: Any, gone: int) -> str:  # noqa: ANN401
    """Token, number and provider must agree; anything else is kept and shown."""
    number = receipt.message_id or 0
    if number > trials.FIRST:
        return "trial"
    if message is None:
        return "practised" if 0 < number <= gone else "unmatched"
    if receipt.phone_index is not None and receipt.phone_index != message.phone_index:
        return "other_number"
    late = (receipt.attempt or 0) > message.attempt
    if receipt.provider != message.provider or late:
        return "other_sending"
    if message.state >= MessageState.REJECTED:
        return _CLOSED
    return _APPLIED if receipt.state else "unknown_status"


def _close(
    session: Session,
    waiting: Sequence[Waiting],
    verdicts: Mapping[int, str],
    now: datetime,
) -> None:
    """Mark what was read; what matches nothing yet waits, a day at the most."""
    late = {
        row.id: micros(now + max(_SOONEST, now - row.received_at))
        for row in waiting
        if verdicts[row.id] == "unmatched" and now - row.received_at < _GIVE_UP
    }
    done = [(key, verdict) for key, verdict in verdicts.items() if key not in late]
    session.execute(_CLOSE, {"verdicts": packed(done), "now": now})
    if late:
        session.execute(_WAIT, {"later": packed(late.items())})


def _fold(
    session: Session, ids: Iterable[int], messages: Mapping[int, Any]
) -> dict[int, Folded]:
    told: dict[int, list[Told]] = defaultdict(list)
    for message_id, *facts in session.execute(_TOLD, {"keys": packed_ids(ids)}):
        told[message_id].append(Told(*facts))
    return {key: fold(said, messages[key].parts or 1) for key, said in told.items()}


def _lift(
    session: Session, folded: Mapping[int, Folded], now: datetime
) -> Sequence[Any]:
    to = packed((key, *found) for key, found in folded.items())
    return session.execute(_LIFT, {"folded": to, "now": now}).all()
