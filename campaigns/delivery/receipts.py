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

from sqlalchemy import BigInteger, SmallInteger, String, and_, func, or_, select
from sqlalchemy import literal as bound
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery import tally, token
from campaigns.delivery.folding import Folded, Told, fold
from campaigns.delivery.models import Message, Receipt
from campaigns.delivery.people import settle
from campaigns.delivery.provider import Report
from campaigns.orm import insert, rows
from campaigns.vocabulary import MessageState

BATCH = 500
_GIVE_UP = timedelta(hours=24)
_SOONEST = timedelta(seconds=5)
_APPLIED = "applied"


def store(
    session: Session, reports: Iterable[Report], *, signer: bytes, now: datetime
) -> int:
    """Put ``reports`` into the inbox, each once; return how many were new."""
    found = {row["report"]: row for row in (_row(r, signer, now) for r in reports)}
    if not found:
        return 0
    # In the order of their keys: two writers of one inbox then never wait in a circle.
    ordered = [found[key] for key in sorted(found)]
    fresh = (
        insert(session, Receipt)
        .on_conflict_do_nothing(index_elements=["report"])
        .returning(Receipt.id)
    )
    return len(session.scalars(fresh, ordered).all())


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
    """How many reports were looked at, and how many could be matched."""

    seen: int
    matched: int


def apply(session: Session, now: datetime, size: int = BATCH) -> Applied:
    """Apply up to ``size`` waiting reports; states, people and counts follow."""
    waiting = session.execute(_waiting(now, size)).all()
    messages = _messages(session, {row.message_id for row in waiting})
    verdicts = {row.id: _verdict(row, messages.get(row.message_id)) for row in waiting}
    _close(session, waiting, verdicts, now)
    matched = {r.message_id for r in waiting if verdicts[r.id] == _APPLIED}
    folded = _fold(session, matched, messages)
    settle(session, _lift(session, folded, now))
    return Applied(len(waiting), len(matched))


def _waiting(now: datetime, size: int) -> Any:  # noqa: ANN401
    return (
        select(
            Receipt.id,
            Receipt.message_id,
            Receipt.attempt,
            Receipt.provider,
            Receipt.phone_index,
            Receipt.state,
            Receipt.received_at,
        )
        .where(Receipt.applied_at.is_(None), Receipt.retry_at <= now)
        .order_by(Receipt.retry_at, Receipt.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )


def _messages(session: Session, ids: Iterable[int | None]) -> dict[int, Any]:
    keys = rows([(key,) for key in ids if key], "keys", {"id": BigInteger})
    found = session.execute(
        select(
            Message.id,
            Message.attempt,
            Message.provider,
            Message.phone_index,
            Message.state,
            Message.parts,
        )
        .where(Message.id.in_(select(keys.c.id)))
        .order_by(Message.id)
        .with_for_update()
    )
    return {row.id: row for row in found}


def _verdict(receipt: Any, message: Any) -> str:  # noqa: ANN401 - rows
    """Token, number and provider must agree; anything else is kept and shown."""
    if message is None:
        return "unmatched"
    if receipt.phone_index is not None and receipt.phone_index != message.phone_index:
        return "other_number"
    if receipt.provider != message.provider or receipt.attempt > message.attempt:
        return "other_sending"
    if message.state >= MessageState.REJECTED:
        return "closed"
    return _APPLIED if receipt.state else "unknown_status"


def _close(
    session: Session,
    waiting: Sequence[Any],
    verdicts: Mapping[int, str],
    now: datetime,
) -> None:
    """Mark what was read; what matches nothing yet waits, a day at the most."""
    late = {
        row.id
        for row in waiting
        if verdicts[row.id] == "unmatched" and now - row.received_at < _GIVE_UP
    }
    done = [(key, verdict) for key, verdict in verdicts.items() if key not in late]
    got = rows(done, "got", {"id": BigInteger, "result": String})
    session.execute(
        change(Receipt)
        .where(Receipt.id == got.c.id)
        .values(applied_at=now, result=got.c.result)
        .execution_options(synchronize_session=False)
    )
    for row in waiting:
        if row.id in late:
            again = now + max(_SOONEST, now - row.received_at)
            session.execute(
                change(Receipt)
                .where(Receipt.id == row.id)
                .values(retry_at=again)
                .execution_options(synchronize_session=False)
            )


def _fold(
    session: Session, ids: Iterable[int], messages: Mapping[int, Any]
) -> dict[int, Folded]:
    keys = rows([(key,) for key in ids], "keys", {"id": BigInteger})
    told: dict[int, list[Told]] = defaultdict(list)
    said: Any = session.execute(
        select(
            Receipt.message_id,
            Receipt.part,
            Receipt.state,
            Receipt.reason,
            Receipt.code,
        ).where(Receipt.message_id.in_(select(keys.c.id)), Receipt.result == _APPLIED)
    )
    for message_id, *facts in said:
        told[message_id].append(Told(*facts))
    return {key: fold(heard, messages[key].parts or 1) for key, heard in told.items()}


_GOT = {"id": BigInteger, "state": SmallInteger, "reason": String, "code": String}


def _lift(
    session: Session, folded: Mapping[int, Folded], now: datetime
) -> Sequence[Any]:
    got = rows(
        [(key, to.state, to.reason, to.code) for key, to in folded.items()], "got", _GOT
    )
    forward = or_(
        Message.state < got.c.state,
        and_(Message.state == got.c.state, Message.reason != got.c.reason),
    )
    moment = bound(now, Message.finished_at.type)
    return session.execute(
        change(Message)
        .where(Message.id == got.c.id, Message.state < MessageState.REJECTED, forward)
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=got.c.state,
            reason=got.c.reason,
            code=got.c.code,
            accepted_at=func.coalesce(Message.accepted_at, moment),
            finished_at=moment,
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
