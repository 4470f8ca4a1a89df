"""Who does which sweep when: a row per duty, won by moving its time on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.delivery.models import DutyRow
from campaigns.orm import insert


def on_duty(session: Session, name: str, now: datetime, every: timedelta) -> bool:
    """Whether the caller has won ``name`` for the next ``every``.

    Any number of beats may ask: one UPDATE wins, and a crashed winner is followed by
    the next beat.
    """
    won = (
        update(DutyRow)
        .where(DutyRow.name == name, DutyRow.next_at <= now)
        .values(next_at=now + every)
        .returning(DutyRow.name)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(won):
        return True
    first = (
        insert(session, DutyRow)
        .values(name=name, next_at=now + every)
        .on_conflict_do_nothing()
        .returning(DutyRow.name)
    )
    return session.scalar(first) is not None
