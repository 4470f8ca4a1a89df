"""Counts kept in the transaction that moves what they count.

Whoever moves messages hands the rows that UPDATE … RETURNING gave to ``count``:
changes are written as deltas, which never wait for each other, and squashed later.
Reading adds the deltas that are not squashed yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    SmallInteger,
    String,
    case,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from campaigns import orm
from campaigns.delivery.models import Message, Recipient, Tally, TallyDelta
from campaigns.vocabulary import COPY, PERSON, Addressee, Channel, MessageState

PARTS = "parts"
"""The pseudo channel of billed parts; its cells name the real channel as reason."""

TEXTS = (Channel.SMS.value, COPY)
"""All texts to people: their own, and their guardians'."""

_ENDED = 100
CELL = ("campaign_id", "township", "category", "channel", "state", "reason")
_m = orm.table_of(Message).c
MOVED = (
    _m.id,
    _m.campaign_id,
    _m.member_id,
    _m.township,
    _m.category,
    _m.channel,
    _m.addressee,
    _m.was,
    _m.was_reason,
    _m.state,
    _m.reason,
    _m.parts,
)
"""What every UPDATE of messages returns, for ``count``."""


class Cell(NamedTuple):
    """Where a count belongs; ``state`` is a MessageState's number."""

    campaign_id: int
    township: str
    category: int
    channel: str
    state: int
    reason: str


class Moved(Protocol):
    """A row of ``MOVED``."""

    id: int
    campaign_id: int
    member_id: int | None
    township: str
    category: int
    channel: str
    addressee: str
    was: int
    was_reason: str
    state: int
    reason: str
    parts: int | None


_alike = attrgetter(
    *("campaign_id", "township", "category", "channel", "addressee"),
    *("was", "was_reason", "state", "reason", "parts"),
)


def line_of(channel: str, addressee: str) -> str:
    """The cells of one channel and addressee: a guardian's texts are ``COPY``."""
    return COPY if addressee == Addressee.GUARDIAN else str(channel)


def billed(state: int) -> bool:
    """Whether the carrier charges for a message in ``state``."""
    return MessageState.ACCEPTED <= state < MessageState.REJECTED


def count(session: Session, moved: Iterable[Moved]) -> None:
    """Write the deltas of ``moved`` messages, in the order of their cells."""
    changes: Counter[Cell] = Counter()
    # Many of a batch move alike: they are added up before cells are made of them.
    for alike, n in Counter(map(_alike, moved)).items():
        campaign, township, category, channel, addressee, *move, parts = alike
        was, was_reason, state, reason = move
        place, line = (campaign, township, category), line_of(channel, addressee)
        changes[Cell(*place, line, was, was_reason)] -= n
        changes[Cell(*place, line, state, reason)] += n
        if parts and billed(state) != billed(was):
            sign = 1 if billed(state) else -1
            changes[Cell(*place, PARTS, 0, str(channel))] += sign * parts * n
    write(session, changes)


def write(session: Session, changes: Mapping[Cell, int]) -> None:
    """Write ``changes`` as deltas; cells whose sum is nought are left out."""
    rows = [(*cell, n) for cell, n in sorted(changes.items()) if n != 0]
    if rows:
        session.execute(_WRITE, {"changes": orm.packed(rows)})


_changes = orm.rows(
    "changes",
    {
        "campaign_id": BigInteger,
        "township": String,
        "category": SmallInteger,
        "channel": String,
        "state": SmallInteger,
        "reason": String,
        "n": Integer,
    },
)
_WRITE = insert(orm.table_of(TallyDelta)).from_select([*CELL, "n"], select(_changes))


def first(session: Session, campaign_id: int) -> None:
    """Count a campaign that was launched just now: the only count over its rows."""
    delta = orm.table_of(TallyDelta)
    for cells in (_messages(campaign_id), _people(campaign_id)):
        session.execute(insert(delta).from_select([*CELL, "n"], cells))


def figures(session: Session, campaign_id: int) -> dict[Cell, int]:
    """All cells of a campaign that are not nought, up to this moment."""
    both = union_all(
        *(
            select(*(getattr(table, name) for name in (*CELL, "n"))).where(
                table.campaign_id == campaign_id
            )
            for table in (Tally, TallyDelta)
        )
    )
    sums: Counter[Cell] = Counter()
    for *cell, n in session.execute(both):
        sums[Cell(*cell)] += n
    return {cell: n for cell, n in sorted(sums.items()) if n}


def by_state(session: Session, campaign_id: int, *channels: str) -> dict[int, int]:
    """A campaign's messages, or people, of these channels by state."""
    sums: Counter[int] = Counter()
    for cell, n in figures(session, campaign_id).items():
        if cell.channel in channels:
            sums[cell.state] += n
    return dict(sums)


def counted(session: Session, campaign_id: int) -> dict[Cell, int]:
    """Count a campaign's rows themselves; the cost grows with the campaign."""
    sums: Counter[Cell] = Counter()
    for cells in (_messages(campaign_id), _people(campaign_id), _parts(campaign_id)):
        for *cell, n in session.execute(cells):
            sums[Cell(*cell)] += n
    return {cell: n for cell, n in sorted(sums.items()) if n}


def recount(session: Session, campaign_id: int) -> list[tuple[Cell, int, int]]:
    """Cells where the tally differs from the rows: cell, kept, counted."""
    kept, true = figures(session, campaign_id), counted(session, campaign_id)
    pairs = ((cell, kept.get(cell, 0), true.get(cell, 0)) for cell in {*kept, *true})
    return sorted(found for found in pairs if found[1] != found[2])


def repair(session: Session, campaign_id: int) -> int:
    """Make the tally equal the rows; return how many cells were wrong."""
    wrong = recount(session, campaign_id)
    write(session, {cell: true - kept for cell, kept, true in wrong})
    return len(wrong)


def _messages(campaign_id: int) -> Select[Any]:
    line = case(
        (Message.addressee == Addressee.GUARDIAN, COPY), else_=Message.channel
    ).label("line")
    cells = [line if name == "channel" else getattr(Message, name) for name in CELL]
    return (
        select(*cells, func.count())
        .where(Message.campaign_id == campaign_id)
        .group_by(*cells)
    )


def _people(campaign_id: int) -> Select[Any]:
    best = Recipient.best
    state = case((best < 0, best + _ENDED), else_=best)
    return (
        select(
            Recipient.campaign_id,
            Recipient.township,
            Recipient.category,
            literal(PERSON),
            state,
            Recipient.reason,
            func.count(),
        )
        .where(Recipient.campaign_id == campaign_id)
        .group_by(
            Recipient.campaign_id,
            Recipient.township,
            Recipient.category,
            best,
            Recipient.reason,
        )
    )


def _parts(campaign_id: int) -> Any:  # noqa: ANN401
    place = (Message.campaign_id, Message.township, Message.category)
    return (
        select(
            *place,
            literal(PARTS),
            literal(0),
            Message.channel,
            func.coalesce(func.sum(Message.parts), 0),
        )
        .where(
            Message.campaign_id == campaign_id,
            Message.state >= MessageState.ACCEPTED,
            Message.state < MessageState.REJECTED,
        )
        .group_by(*place, Message.channel)
    )
