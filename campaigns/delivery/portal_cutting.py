"""Cutting all that is due into number files."""

from __future__ import annotations

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
from campaigns.delivery.dispatch import Dispatch, Words
from campaigns.delivery.finishing import BY_HAND
from campaigns.delivery.models import Message, PortalBatch
from campaigns.delivery.people import settle
from campaigns.delivery.portal_rows import MADE, leave, mixed
from campaigns.errors import NotReady, Refused, mark
from campaigns.orm import number, packed, rows, table_of
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState, MessageState, Reason

FILE_SIZE = 5000
"""Numbers in one file unless said otherwise: what most portals take at once."""

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
            text = _words(dispatch, row).text
            carrier = carrier_of(known[row.id]) if by_carrier else OTHER
            groups[carrier, text if by_text else dispatch.version.sms_text].append(row)
    last = _last_number(session, campaign_id)
    made = []
    for (carrier, text), members in sorted(groups.items()):
        for chunk in _chunks(sorted(members, key=mixed), size):
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
            leave(MessageState.CANCELLED, Reason.NUMBER_CHANGED, now).where(
                _m.id.in_(ids)
            )
        ).all()
        settle(session, moved)


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
    sizes = ((row.id, _words(dispatch, row).parts) for row in chunk)
    session.execute(_INTO, {"into": packed(sizes), "batch": batch.id})


def _words(dispatch: Dispatch, row: Any) -> Words:  # noqa: ANN401 - a claimed row
    return dispatch.words(row.channel, row.township, row.village, row.addressee)


def _last_number(session: Session, campaign_id: int) -> int:
    last = select(func.max(PortalBatch.number)).where(
        PortalBatch.campaign_id == campaign_id
    )
    return session.scalar(last) or 0
