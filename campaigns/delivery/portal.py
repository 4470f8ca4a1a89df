"""Sending by hand: numbers in files for a carrier's web portal, ticked off in batches.

A batch is claimed like any other: its messages are being submitted from the moment
the file is made, so that nothing else sends them. Ticking it off with the portal's
number makes them accepted; only a person who says that it was never submitted
brings them back to the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.orm import Session

from campaigns.delivery import addressing
from campaigns.delivery.models import Message, PortalBatch
from campaigns.delivery.people import settle
from campaigns.delivery.portal_cutting import FILE_SIZE, make_batches
from campaigns.delivery.portal_rows import (
    ABANDONED,
    MADE,
    RETURNED,
    SUBMITTED,
    TOTALS,
    in_batch,
    leave,
)
from campaigns.errors import NotFound, Refused, Stale, mark
from campaigns.orm import number
from campaigns.vocabulary import MessageState, Reason


def batches(session: Session, campaign_id: int) -> list[PortalBatch]:
    """A campaign's batches in the order of their numbers."""
    found = select(PortalBatch).where(PortalBatch.campaign_id == campaign_id)
    return list(session.scalars(found.order_by(PortalBatch.number)))


def get_batch(session: Session, batch_id: int) -> PortalBatch:
    """One batch, locked until the transaction ends. Raises NotFound."""
    batch = session.get(PortalBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound(mark("没有这一批号码。"))
    return batch


def waiting(session: Session, campaign_id: int) -> int:
    """How many messages wait for a file."""
    queued = select(func.count()).where(
        Message.campaign_id == campaign_id,
        Message.state == number(MessageState.QUEUED),
    )
    return session.scalar(queued) or 0


def refused_since(session: Session, batch_id: int) -> list[str]:
    """Numbers (E.164) of a batch whose owners refused after its file was made.

    They must be taken out at the portal before it is told to send.
    """
    batch = get_batch(session, batch_id)
    found = in_batch(session, batch, refused_only=True)
    known = addressing.numbers(session, found)
    return sorted(known.values())


def tick_off(  # noqa: PLR0913 - what was submitted, under which number, by whom
    session: Session,
    batch_id: int,
    portal_number: str,
    *,
    by: int,
    now: datetime,
    without_refused: bool = True,
) -> PortalBatch:
    """Note that the portal took the batch under ``portal_number``.

    ``without_refused`` says that the numbers of ``refused_since`` were taken out.
    Raises Refused for a number that is missing or used, Stale for a batch that is no
    longer waiting.
    """
    batch = get_batch(session, batch_id)
    _expect(batch, MADE)
    batch.portal_number = _fresh_number(session, batch, portal_number)
    batch.state, batch.submitted_by, batch.submitted_at = SUBMITTED, by, now
    if without_refused:
        out = [row.id for row in in_batch(session, batch, refused_only=True)]
        _end(session, batch, MessageState.CANCELLED, now, ids=out)
    _end(session, batch, MessageState.ACCEPTED, now)
    return batch


def abandon(session: Session, batch_id: int, *, by: int, now: datetime) -> PortalBatch:
    """Note that a batch was never submitted: its messages wait again.

    A person's word is the proof, so it is asked only before ticking off.
    """
    batch = get_batch(session, batch_id)
    _expect(batch, MADE)
    batch.state, batch.submitted_by, batch.returned_at = ABANDONED, by, now
    _end(session, batch, MessageState.QUEUED, now)
    return batch


def _fresh_number(session: Session, batch: PortalBatch, given: str) -> str:
    text = " ".join(given.split())[:60]
    if not text:
        raise Refused(mark("请填写运营商网站给的批次号，查结果时要用。"))
    used = select(PortalBatch.number).where(
        PortalBatch.portal_number == text, PortalBatch.id != batch.id
    )
    if (other := session.scalar(used)) is not None:
        raise Refused(
            mark("批次号 %(number)s 已登记在第 %(other)s 批。请核对后再填。"),
            number=text,
            other=other,
        )
    return text


def _expect(batch: PortalBatch, state: str) -> None:
    if batch.state != state:
        raise Stale(
            mark("第 %(number)s 批已经登记过了，请刷新再看。"), number=batch.number
        )


def _end(
    session: Session,
    batch: PortalBatch,
    state: MessageState,
    now: datetime,
    *,
    ids: Sequence[int] | None = None,
) -> None:
    reason = Reason.OPTED_OUT if state == MessageState.CANCELLED else Reason.NONE
    change = leave(state, reason, now).where(Message.portal_batch_id == batch.id)
    if ids is not None:
        change = change.where(Message.id.in_(ids))
    if state == MessageState.ACCEPTED:
        change = change.values(accepted_at=now, provider_ref=batch.portal_number)
    if state == MessageState.QUEUED:
        change = change.values(portal_batch_id=None, due_at=now)
    settle(session, session.execute(change).all())


__all__ = [
    "ABANDONED",
    "FILE_SIZE",
    "MADE",
    "RETURNED",
    "SUBMITTED",
    "TOTALS",
    "abandon",
    "batches",
    "get_batch",
    "make_batches",
    "refused_since",
    "tick_off",
    "waiting",
]
