"""People follow their messages: what became of a text decides what became of a person.

A recipient moves only when a message reaches an end that matters to a person (no
receipt, undelivered, delivered, or never sent), and whoever shares a phone follows
the message that carried it. With a second message the better one counts, and nothing
sent is an end only once neither is under way. What a person said of them stands
against any receipt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    SmallInteger,
    String,
    and_,
    bindparam,
    case,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.tally import Cell, Moved
from campaigns.orm import number, packed, packed_ids, rows, table_of
from campaigns.planning.models import Campaign
from campaigns.vocabulary import (
    BY_PERSON,
    PERSON,
    TO_PEOPLE,
    Addressee,
    Channel,
    MessageState,
    Reason,
)

_ENDED = 100
_WEEK = timedelta(days=7)


def settle(session: Session, moved: Sequence[Moved]) -> None:
    """Count ``moved`` messages and let the people behind them follow."""
    tally.count(session, moved)
    ends = [row for row in moved if _matters(row)]
    if ends:
        _count(session, _follow(session, ends))


def say(session: Session, who: Iterable[tuple[int, int]], reason: Reason) -> None:
    """Let a person's word stand on ``who``: pairs of campaign and member."""
    told = {"said": packed(who), "reason": reason.value}
    _count(session, session.execute(_SAY, told).all())


def answered(session: Session, member_id: int, now: datetime) -> None:
    """Somebody wrote or rang: they heard of every campaign of this week."""
    lately = select(Recipient.campaign_id).where(
        Recipient.member_id == member_id,
        Recipient.campaign_id.in_(
            select(Campaign.id).where(Campaign.launched_at > now - _WEEK)
        ),
    )
    say(session, [(key, member_id) for key in session.scalars(lately)], Reason.MET)


def _matters(row: Moved) -> bool:
    changed = (row.was, row.was_reason) != (row.state, row.reason)
    to_person = row.channel in TO_PEOPLE and row.member_id is not None
    return changed and to_person and row.state >= MessageState.NO_RECEIPT


def best_of(state: int) -> int:
    """How ``state`` ranks for a person: below nought where nothing was sent."""
    return state - _ENDED if state >= MessageState.REJECTED else state


_r = table_of(Recipient).c
_told_rows = rows(
    "told",
    {
        "campaign_id": BigInteger,
        "member_id": BigInteger,
        "best": SmallInteger,
        "reason": String,
        "helped": SmallInteger,
    },
)
_t = _told_rows.c
_MOVED_PEOPLE = (
    _r.campaign_id,
    _r.township,
    _r.category,
    _r.was,
    _r.was_reason,
    _r.best,
    _r.reason,
)
_delivered = _t.best == number(MessageState.DELIVERED)
_reason = case(
    (_r.reason.in_(BY_PERSON), _r.reason),
    (and_(_delivered, ~_r.suits, _t.helped == 0), Reason.UNSUITABLE.value),
    else_=_t.reason,
)
_reached = and_(_r.best == number(MessageState.DELIVERED), _r.reason == Reason.NONE)
_another = table_of(Message).alias("another")
_waits = exists().where(
    _another.c.campaign_id == _r.campaign_id,
    _another.c.member_id == _r.member_id,
    _another.c.state < number(MessageState.NO_RECEIPT),
)
_FOLLOW = (
    update(table_of(Recipient))
    .where(
        _r.campaign_id == _t.campaign_id,
        _r.member_id == _t.member_id,
        or_(
            and_(_t.best > 0, _r.best < _t.best),
            # Nothing was sent, and no other message of this person is under way.
            and_(_r.best == 0, _t.best < 0, ~_waits),
            # Reached is reached: a text that does not suit takes nothing back, and
            # only a key that was pressed says more.
            and_(
                _r.best == _t.best,
                _r.reason != _reason,
                or_(~_reached, _t.reason == Reason.MET),
            ),
        ),
    )
    .values(was=_r.best, was_reason=_r.reason, best=_t.best, reason=_reason)
    .returning(*_MOVED_PEOPLE)
)
_said = rows("said", {"campaign_id": BigInteger, "member_id": BigInteger})
_SAY = (
    update(table_of(Recipient))
    .where(
        _r.campaign_id == _said.c.campaign_id,
        _r.member_id == _said.c.member_id,
        _r.reason != bindparam("reason", type_=String),
    )
    .values(was=_r.best, was_reason=_r.reason, reason=bindparam("reason", type_=String))
    .returning(*_MOVED_PEOPLE)
)
_m = table_of(Message).c
_carriers = rows("carriers", {"id": BigInteger})
_CARRIED = select(_m.carried_by, _m.member_id, _m.channel, _m.addressee).where(
    _m.carried_by.in_(select(_carriers.c.id))
)


def _follow(session: Session, ends: Sequence[Moved]) -> Sequence[Any]:
    told = packed(_told(session, ends))
    return session.execute(_FOLLOW, {"told": told}).all()


def _told(session: Session, ends: Sequence[Moved]) -> Iterable[_Told]:
    """The best for each person of whom a message speaks: its own, and its sharers'."""
    by_id = {row.id: row for row in ends}
    carried = session.execute(_CARRIED, {"carriers": packed_ids(by_id)}).all()
    # A key tells that somebody heard, and on a shared phone not who it was.
    shared = {each.carried_by for each in carried}
    pairs = [
        *((row, row.member_id, _helped(row)) for row in ends),
        *((by_id[each.carried_by], each.member_id, _helped(each)) for each in carried),
    ]
    best: dict[tuple[int, int | None], _Told] = {}
    for row, member, helped in pairs:
        key = row.campaign_id, member
        told = _Told(*key, best_of(row.state), _reason_of(row, shared), int(helped))
        best[key] = max(best.get(key, told), told, key=_Told.rank)
    return best.values()


def _reason_of(row: Moved, shared: Container[int]) -> str:
    pressed = row.reason == Reason.MET and row.id in shared
    return Reason.NONE if pressed else row.reason


class _Told(NamedTuple):
    """What one message tells of a person; ``helped``: somebody reads it, or a voice."""

    campaign_id: int
    member_id: int | None
    best: int
    reason: str
    helped: int

    def rank(self) -> tuple[int, int]:
        return self.best, self.helped


def _helped(row: Any) -> bool:  # noqa: ANN401 - a row with channel and addressee
    guardian = row.addressee == Addressee.GUARDIAN
    return bool(guardian or row.channel == Channel.VOICE)


def _count(session: Session, moved: Iterable[Any]) -> None:
    changes: Counter[Cell] = Counter()
    for row in moved:
        place = (row.campaign_id, row.township, row.category, PERSON)
        changes[Cell(*place, _state(row.was), row.was_reason)] -= 1
        changes[Cell(*place, _state(row.best), row.reason)] += 1
    tally.write(session, changes)


def _state(best: int) -> int:
    return best + _ENDED if best < 0 else best
