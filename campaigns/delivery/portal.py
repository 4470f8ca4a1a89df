"""Sending by hand: numbers in files for a carrier's web portal, ticked off in batches.

A batch is claimed like any other: its messages are being submitted from the moment
the file is made, so that nothing else sends them. Ticking it off with the portal's
number makes them accepted; only a person who says that it was never submitted
brings them back to the queue.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    SmallInteger,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.delivery import addressing, tally
from campaigns.delivery.carriers import OTHER, carrier_of
from campaigns.delivery.claiming import refused
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.finishing import BY_HAND
from campaigns.delivery.models import Message, PortalBatch
from campaigns.delivery.people import settle
from campaigns.errors import NotFound, NotReady, Refused, Stale, mark
from campaigns.orm import number, packed, rows, table_of
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState, MessageState, Reason

FILE_SIZE = 5000
"""Numbers in one file unless said otherwise: what most portals take at once."""

MADE, SUBMITTED, RETURNED = "made", "submitted", "returned"
TOTALS, ABANDONED = "totals", "abandoned"
_message = table_of(Message)
_m = _message.c


def make_batches(  # noqa: PLR0913 - how the files are cut
    session: Session,
    campaign_id: int,
    *,
    size: int = FILE_SIZE,
    by_carrier: bool = False,
    by_text: bool = True,
    by: int,
    now: datetime,
) -> list[PortalBatch]:
    """Cut all that is due into batches of at most ``size`` numbers.

    Numbers are mixed by a hash, so that a file tells nothing about who is in it. A
    text that differs from place to place makes batches for each text, or, without
    ``by_text``, workbooks with the text beside each number. Raises NotReady.
    """
    dispatch = Dispatch.of(session, campaign_id)
    _check(dispatch, now)
    if not size >= 1:
        raise Refused(mark("每个文件至少要有 1 个号码。请改正。"))
    taken = session.execute(_take(dispatch.campaign), {"now": now}).all()
    tally.count(session, taken)
    known = addressing.numbers(session, taken)
    _drop_changed(session, [row for row in taken if row.id not in known], now)
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in taken:
        if row.id in known:
            text = dispatch.words(row.channel, row.township, row.village).text
            carrier = carrier_of(known[row.id]) if by_carrier else OTHER
            groups[carrier, text if by_text else dispatch.version.sms_text].append(row)
    last = _last_number(session, campaign_id)
    made = []
    for (carrier, text), members in sorted(groups.items()):
        for chunk in _chunks(sorted(members, key=_mixed), size):
            last += 1
            batch = PortalBatch(
                campaign_id=campaign_id,
                number=last,
                carrier=carrier,
                text=text,
                size=len(chunk),
                state=MADE,
                made_by=by,
                made_at=now,
            )
            session.add(batch)
            session.flush()
            _put_into(session, batch, chunk, dispatch)
            made.append(batch)
    return made


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


def _check(dispatch: Dispatch, now: datetime) -> None:
    campaign = dispatch.campaign
    if campaign.provider != BY_HAND:
        raise NotReady(mark("这个任务由系统发送，不用号码文件。"))
    if campaign.launched_at is None or campaign.status != CampaignState.RUNNING:
        raise NotReady(mark("任务还没有开始或已经停下，现在不能生成号码文件。"))
    if campaign.send_before <= now:
        raise NotReady(mark("已过最晚发送时间，不能再生成号码文件。请另建任务。"))


def _take(campaign: Campaign) -> Any:  # noqa: ANN401
    return (
        update(_message)
        .where(
            _m.campaign_id == campaign.id,
            _m.state == number(MessageState.QUEUED),
            _m.due_at <= bindparam("now"),
            ~refused(campaign.urgency),
        )
        .values(
            was=_m.state,
            was_reason=_m.reason,
            state=number(MessageState.SUBMITTING),
            attempt=_m.attempt + number(1),
            claim="portal",
            lease_until=None,
            provider=BY_HAND,
            submitted_at=bindparam("now"),
        )
        .returning(*tally.MOVED, *addressing.NEEDED)
    )


def _drop_changed(session: Session, changed: Sequence[Any], now: datetime) -> None:
    if changed:
        ids = [row.id for row in changed]
        moved = session.execute(
            _to(MessageState.CANCELLED, Reason.NUMBER_CHANGED, now).where(
                _m.id.in_(ids)
            )
        ).all()
        settle(session, moved)


def _mixed(row: Any) -> bytes:  # noqa: ANN401
    return hashlib.sha256(f"{row.id}:{row.attempt}".encode() + row.phone_index).digest()


def _chunks(members: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(members), size):
        yield members[start : start + size]


_into = rows("into", {"id": BigInteger, "parts": SmallInteger}).c
_INTO = (
    update(_message)
    .where(_m.id == _into.id)
    .values(portal_batch_id=bindparam("batch"), parts=_into.parts)
)


def _put_into(
    session: Session, batch: PortalBatch, chunk: Sequence[Any], dispatch: Dispatch
) -> None:
    sizes = (
        (row.id, dispatch.words(row.channel, row.township, row.village).parts)
        for row in chunk
    )
    session.execute(_INTO, {"into": packed(sizes), "batch": batch.id})


def _last_number(session: Session, campaign_id: int) -> int:
    last = select(func.max(PortalBatch.number)).where(
        PortalBatch.campaign_id == campaign_id
    )
    return session.scalar(last) or 0


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


def in_batch(
    session: Session, batch: PortalBatch, *, refused_only: bool = False
) -> Sequence[Any]:
    """The batch's messages in the order of its file."""
    campaign = session.get_one(Campaign, batch.campaign_id)
    found = select(*tally.MOVED, *addressing.NEEDED).where(
        _m.portal_batch_id == batch.id, _m.state < number(MessageState.REJECTED)
    )
    if refused_only:
        found = found.where(refused(campaign.urgency))
    return sorted(session.execute(found).all(), key=_mixed)


def _to(state: MessageState, reason: Reason, now: datetime) -> Any:  # noqa: ANN401
    ended = state >= MessageState.REJECTED
    return (
        update(_message)
        .where(_m.state == number(MessageState.SUBMITTING))
        .values(
            was=_m.state,
            was_reason=_m.reason,
            state=int(state),
            reason=reason,
            claim=None,
            finished_at=now if ended else None,
        )
        .returning(*tally.MOVED)
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
    change = _to(state, reason, now).where(_m.portal_batch_id == batch.id)
    if ids is not None:
        change = change.where(_m.id.in_(ids))
    if state == MessageState.ACCEPTED:
        change = change.values(accepted_at=now, provider_ref=batch.portal_number)
    if state == MessageState.QUEUED:
        change = change.values(portal_batch_id=None, due_at=now)
    settle(session, session.execute(change).all())
