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
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    SmallInteger,
    Update,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.delivery import addressing, tally
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.delivery.provider import Limits, Outgoing
from campaigns.orm import by_key, number, packed, packed_ids, rows, table_of
from campaigns.planning.models import Campaign
from campaigns.register.models import OptOut
from campaigns.vocabulary import (
    CampaignState,
    Channel,
    MessageState,
    Reason,
    Urgency,
)

LEASE = timedelta(seconds=45)
_SPARE = timedelta(seconds=2)
_LONGEST_CALL = timedelta(minutes=6)
"""Forty seconds of ringing and five minutes at most: nobody hears them at night."""
_message = table_of(Message)
_m = _message.c


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

    Nothing is claimed unless it can be carried before the window closes, and no call
    unless it has ended by then.
    """
    campaign = dispatch.campaign
    margin = timedelta(seconds=limits.timeout_seconds) + _SPARE
    batch = Batch(secrets.token_hex(8), dispatch.provider, ())
    closes = dispatch.closes_at(now)
    if now + margin >= closes:
        return batch
    values = {
        "campaign": campaign.id,
        "want": want,
        "now": now,
        "last": now + margin,
        "batch": batch.claim,
        "until": now + lease,
        "by": dispatch.provider,
        "size": dispatch.usual_parts,
        "calls": now + margin + _LONGEST_CALL < closes,
    }
    taken = session.execute(_claim(campaign.urgency), values).all()
    tally.count(session, taken)
    numbers = addressing.numbers(session, taken)
    _cancel_changed(session, [row.id for row in taken if row.id not in numbers], now)
    deadline = time.monotonic() + limits.timeout_seconds
    ready = addressing.outgoing(
        dispatch, taken, numbers, signer=signer, deadline=deadline, now=now
    )
    _set_parts(session, taken, ready)
    return Batch(batch.claim, batch.provider, ready)


def refused(urgency: Urgency) -> ColumnElement[bool]:
    """Whether the message's phone or person refused texts of this urgency.

    Nobody can refuse an emergency. What one person behind a shared phone refused does
    not stop a text that others wait for on the same phone.
    """
    if urgency == Urgency.EMERGENCY:
        return false()
    scopes = ("all", "tips") if urgency == Urgency.TIP else ("all",)
    follower = _message.alias("follower")
    # Named, because two levels up is further than it is looked for: the question
    # would be whether anybody anywhere shares a phone, and read every message.
    alone = ~exists().where(follower.c.carried_by == _m.id).correlate(_message)
    return exists().where(
        OptOut.phone_index == _m.phone_index,
        OptOut.lifted_at.is_(None),
        OptOut.scope.in_(scopes),
        or_(~OptOut.personal, and_(OptOut.member_id == _m.member_id, alone)),
    )


@cache
def _claim(urgency: Urgency) -> Update:
    # Built once: at batches of 32 putting a statement together costs as much as
    # running it. A CTE with FOR UPDATE is never inlined, where a plain subquery may
    # run twice and take more rows than the line has tokens for.
    conditions: list[ColumnElement[bool]] = [
        _m.campaign_id == bindparam("campaign"),
        _m.state == number(MessageState.QUEUED),
        _m.due_at <= bindparam("now"),
        or_(_m.channel != Channel.VOICE, bindparam("calls", type_=Boolean)),
        exists().where(
            Campaign.id == bindparam("campaign"),
            Campaign.status == CampaignState.RUNNING,
            Campaign.send_before > bindparam("last"),
        ),
        ~refused(urgency),
    ]
    due = (
        select(_m.id)
        .where(*conditions)
        .order_by(_m.due_at, _m.id)
        .limit(bindparam("want"))
        .with_for_update(skip_locked=True, of=_message)
        .cte("due")
    )
    still_queued = by_key(_m.state) == number(MessageState.QUEUED)
    return (
        update(_message)
        .where(_m.id.in_(select(due.c.id)), still_queued)
        .values(
            was=_m.state,
            was_reason=_m.reason,
            state=number(MessageState.SUBMITTING),
            attempt=_m.attempt + number(1),
            claim=bindparam("batch"),
            lease_until=bindparam("until"),
            provider=bindparam("by"),
            submitted_at=bindparam("now"),
            parts=bindparam("size"),
        )
        .returning(*tally.MOVED, *addressing.NEEDED)
    )


_ids = rows("changed", {"id": BigInteger})
_CHANGED = (
    update(_message)
    .where(_m.id == _ids.c.id, by_key(_m.state) == number(MessageState.SUBMITTING))
    .values(
        was=_m.state,
        was_reason=_m.reason,
        state=number(MessageState.CANCELLED),
        reason=Reason.NUMBER_CHANGED,
        claim=None,
        lease_until=None,
        finished_at=bindparam("now"),
    )
    .returning(*tally.MOVED)
)


def _cancel_changed(session: Session, ids: list[int], now: datetime) -> None:
    """A number that changed since launch gets nothing: no byte was written."""
    if ids:
        values = {"changed": packed_ids(ids), "now": now}
        settle(session, session.execute(_CHANGED, values).all())


_sizes = rows("sizes", {"id": BigInteger, "parts": SmallInteger})
_PARTS = update(_message).where(_m.id == _sizes.c.id).values(parts=_sizes.c.parts)


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
    if sizes:
        session.execute(_PARTS, {"sizes": packed(sizes)})
