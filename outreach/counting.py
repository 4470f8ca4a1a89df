"""Counts for the home page: many questions, one statement."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Tally, TallyDelta
from campaigns.delivery.tally import TEXTS
from campaigns.vocabulary import MessageState


def counting(table: type, *conditions: ColumnElement[bool]) -> Select[int]:
    """Asks how many rows of ``table`` fit."""
    return select(func.count()).select_from(table).where(*conditions)


def counts(session: Session, *asked: Select[int]) -> list[int]:
    """The answers to several questions, by one statement; 0 for a sum of nothing."""
    if not asked:
        return []
    found = session.execute(select(*(one.scalar_subquery() for one in asked))).one()
    return [n or 0 for n in found]


def in_state(session: Session, state: MessageState) -> int:
    """Texts now in ``state``, from the tally: the cost does not grow with history."""
    return sum(counts(session, _sum(Tally, state), _sum(TallyDelta, state)))


def _sum(table: type[Tally | TallyDelta], state: MessageState) -> Select[int]:
    here = table.state == int(state), table.channel.in_(TEXTS)
    return select(func.sum(table.n)).where(*here)
