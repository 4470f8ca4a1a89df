"""What became of texts that were handed over, in the words of the day sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    distinct,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Message, Tally, TallyDelta
from campaigns.vocabulary import RECEIPT_CLASSES, Channel, MessageState, Reason

TAKEN_AT = func.coalesce(Message.accepted_at, Message.finished_at)
"""When the provider took a text: a receipt proves it where the answer was lost."""


def result_of(state: int, reason: str) -> str | None:
    """Delivered, or a receipt's class; None for what no provider took.

    Still open is ``temporary``, as on the day sheet; no receipt is ``unknown``.
    """
    if not tally.billed(state):
        return None
    if state == MessageState.DELIVERED:
        return "delivered"
    if state == MessageState.NO_RECEIPT:
        return Reason.UNKNOWN.value
    if state == MessageState.UNDELIVERED and reason in RECEIPT_CLASSES:
        return reason
    return Reason.TEMPORARY.value


def texts_of(session: Session, campaigns: Sequence[int], place: str) -> Counter[str]:
    """Texts inside ``place`` by result, with ``messages`` and ``parts``, all told.

    From the tally, by one statement for all campaigns: the cost is the same at any
    number of texts.
    """
    both = union_all(
        *(
            select(table.channel, table.state, table.reason, func.sum(table.n))
            .where(
                table.campaign_id.in_(campaigns),
                table.township.startswith(place, autoescape=True),
                table.channel.in_((*tally.TEXTS, tally.PARTS)),
            )
            .group_by(table.channel, table.state, table.reason)
            for table in (Tally, TallyDelta)
        )
    )
    sums: Counter[str] = Counter()
    for channel, state, reason, n in session.execute(both):
        if channel in tally.TEXTS:
            _add(sums, state, reason, int(n))
        else:
            sums["parts"] += int(n) if reason == Channel.SMS else 0
    return sums


def texts_taken(
    session: Session,
    by: ColumnElement[str],
    *where: ColumnElement[bool],
) -> dict[str, Counter[str]]:
    """The texts that meet ``where``, by the column ``by`` and by result.

    With ``recipients``, the people to whom they went. One statement, because each
    would go through all texts of the campaigns that are asked about.
    """
    columns = by.label("place"), Message.state, Message.reason, Message.member_id
    chosen = select(*columns, Message.parts).where(Message.channel == Channel.SMS)
    text = chosen.where(*where).cte("text").c
    people = func.count(distinct(text.member_id))
    counted = union_all(
        select(
            *(text.place, text.state, text.reason, func.count().label("n")),
            func.coalesce(func.sum(text.parts), 0).label("parts"),
        ).group_by(text.place, text.state, text.reason),
        select(text.place, null(), null(), people, literal(0))
        .where(text.state.between(MessageState.ACCEPTED, MessageState.REJECTED - 1))
        .group_by(text.place),
    )
    sums: dict[str, Counter[str]] = {}
    for place, state, reason, n, billed in session.execute(counted):
        one = sums.setdefault(place or "", Counter())
        if state is None:
            one["recipients"] += n
            continue
        _add(one, state, reason, n)
        one["parts"] += (billed or 0) if tally.billed(state) else 0
    return sums


def _add(sums: Counter[str], state: int, reason: str, n: int) -> None:
    result = result_of(state, reason)
    if result is not None:
        sums[result] += n
        sums["messages"] += n
