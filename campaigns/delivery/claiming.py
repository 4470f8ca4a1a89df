"""Claiming: intent is on disk before the first byte leaves.

One UPDATE moves queued rows to submitting and checks campaign, window, refusal and
due time in the same breath. Rule of the house: a statement that changes many rows
locks them first in the order of their ids, so that no two writers wait in a circle.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SmallInteger, exists, select
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from campaigns.delivery import addressing, tally
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.delivery.provider import Limits, Outgoing
from campaigns.orm import number, rows
from campaigns.planning.models import Campaign
from campaigns.register.models import OptOut
from campaigns.vocabulary import CampaignState, MessageState, Reason, Urgency

LEASE = timedelta(seconds=45)
_SPARE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one claim gave a lane; empty when there is nothing it may send."""

    claim: str
    provider: str
    messages: tuple[Outgoing, ...]


def claim(  # noqa: PLR0913 - the campaign, how many, for whom, until when
    session: Session,
    dispatch: Dispatch,
    want: int,
    now: datetime,
    *,
    signer: bytes,
    limits: Limits,
    lease: timedelta = LEASE,
) -> Batch:
    """Move up to ``want`` messages to submitting and return them ready to carry.

    Nothing is claimed unless it can be carried before the window closes.
    """
    campaign = dispatch.campaign
    margin = timedelta(seconds=limits.timeout_seconds) + _SPARE
    batch = Batch(secrets.token_hex(8), campaign.provider, ())
    if now + margin >= dispatch.closes_at(now):
        return batch
    taken = session.execute(
        change(Message)
        .where(
            Message.id.in_(select(_due(campaign, want, now, margin).c.id)),
            Message.state == number(MessageState.QUEUED),
        )
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=MessageState.SUBMITTING,
            attempt=Message.attempt + 1,
            claim=batch.claim,
            lease_until=now + lease,
            provider=campaign.provider,
            submitted_at=now,
            parts=dispatch.usual_parts,
        )
        .returning(*tally.MOVED, *addressing.NEEDED)
        .execution_options(synchronize_session=False)
    ).all()
    tally.count(session, taken)
    numbers = addressing.numbers(session, taken)
    _cancel_changed(session, [row.id for row in taken if row.id not in numbers], now)
    deadline = time.monotonic() + limits.timeout_seconds
    ready = addressing.outgoing(
        dispatch, taken, numbers, signer=signer, deadline=deadline, now=now
    )
    _set_parts(session, taken, ready)
    return Batch(batch.claim, batch.provider, ready)


def release(session: Session, claim_id: str) -> int:
    """Return a claim's rows to the queue: only by proof that nothing was written."""
    locked_rows(session, Message.claim == claim_id)
    moved = session.execute(
        change(Message)
        .where(
            Message.claim == claim_id, Message.state == number(MessageState.SUBMITTING)
        )
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=MessageState.QUEUED,
            claim=None,
            lease_until=None,
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
    tally.count(session, moved)
    return len(moved)


def locked_rows(session: Session, *conditions: ColumnElement[bool]) -> list[int]:
    """Lock the messages that match, in the order of their ids, and return the ids."""
    ids = select(Message.id).where(*conditions).order_by(Message.id).with_for_update()
    return list(session.scalars(ids))


def _due(campaign: Campaign, want: int, now: datetime, margin: timedelta) -> Any:  # noqa: ANN401
    # A CTE with FOR UPDATE is never inlined: as a plain subquery it may run twice and
    # take more rows than the line has tokens for.
    conditions: list[ColumnElement[bool]] = [
        Message.campaign_id == campaign.id,
        Message.state == number(MessageState.QUEUED),
        Message.due_at <= now,
        exists().where(
            Campaign.id == campaign.id,
            Campaign.status == CampaignState.RUNNING,
            Campaign.send_before > now + margin,
        ),
    ]
    if campaign.urgency != Urgency.EMERGENCY:
        conditions.append(~refused(campaign.urgency))
    return (
        select(Message.id)
        .where(*conditions)
        .order_by(Message.due_at, Message.id)
        .limit(want)
        .with_for_update(skip_locked=True, of=Message)
        .cte("due")
    )


def refused(urgency: Urgency) -> ColumnElement[bool]:
    """Whether the message's phone refused texts of this urgency."""
    scopes = ("all", "tips") if urgency == Urgency.TIP else ("all",)
    return exists().where(
        OptOut.phone_index == Message.phone_index,
        OptOut.lifted_at.is_(None),
        OptOut.scope.in_(scopes),
    )


def _cancel_changed(session: Session, ids: list[int], now: datetime) -> None:
    """A number that changed since launch gets nothing: no byte was written."""
    if not ids:
        return
    moved = session.execute(
        change(Message)
        .where(Message.id.in_(ids), Message.state == MessageState.SUBMITTING)
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=MessageState.CANCELLED,
            reason=Reason.NUMBER_CHANGED,
            claim=None,
            lease_until=None,
            finished_at=now,
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
    settle(session, moved)


def _set_parts(
    session: Session, taken: Sequence[Any], ready: Iterable[Outgoing]
) -> None:
    """Write billed parts where the place's name makes the text longer or shorter."""
    known = {row.id: row.parts for row in taken}
    sizes = [
        (out.message_id, out.parts)
        for out in ready
        if out.parts != known[out.message_id]
    ]
    if not sizes:
        return
    got = rows(sizes, "got", {"id": BigInteger, "parts": SmallInteger})
    session.execute(
        change(Message)
        .where(Message.id == got.c.id)
        .values(parts=got.c.parts)
        .execution_options(synchronize_session=False)
    )
