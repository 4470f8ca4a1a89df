"""Who does which sweep when: a row per duty, won by moving its time on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, String, bindparam, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.models import DutyRow
from campaigns.orm import insert_new, micros, packed, rows, table_of

_d = table_of(DutyRow).c
_turns = rows("turns", {"name": String, "next_at": BigInteger}).c
_WIN = (
    update(table_of(DutyRow))
    .where(_d.name == _turns.name, _d.next_at <= bindparam("now"))
    .values(next_at=_turns.next_at)
    .returning(_d.name)
)


def on_duty(session: Session, name: str, now: datetime, every: timedelta) -> bool:
    """Whether the caller has won ``name`` for the next ``every``."""
    return bool(win(session, {name: every}, now))


def win(session: Session, duties: Mapping[str, timedelta], now: datetime) -> list[str]:
    """The duties that are due and now the caller's, in the order given.

    Any number of beats may ask: one UPDATE wins, and a crashed winner is followed by
    the next beat.
    """
    known = set(session.scalars(select(_d.name)))
    fresh = [{"name": name, "next_at": now} for name in duties if name not in known]
    if fresh:
        insert_new(session, DutyRow, fresh, "name")
    turns = packed((name, micros(now + every)) for name, every in duties.items())
    won = set(session.scalars(_WIN, {"turns": turns, "now": now}))
    return [name for name in duties if name in won]
