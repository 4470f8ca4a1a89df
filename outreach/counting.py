"""Counts for the home page: many questions, one statement."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import ColumnElement, Select, func, select, union_all
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


def in_state(session: Session, state: MessageState) -> Counter[int]:
    """Texts now in ``state`` by campaign, from the tally.

    The cost does not grow with history: where none is left the cell says 0.
    """
    found = session.execute(union_all(_cells(Tally, state), _cells(TallyDelta, state)))
    sums = Counter[int]()
    for campaign, n in found:
        sums[campaign] += n
    return +sums


def _cells(table: type[Tally | TallyDelta], state: MessageState) -> Select[int, int]:
    here = table.state == int(state), table.channel.in_(TEXTS), table.n != 0
    return select(table.campaign_id, table.n).where(*here)
