"""Who was contacted: there is evidence for that very person, not for a telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    SQLColumnExpression,
    and_,
    exists,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from campaigns.delivery.models import PRESSED, Message, Reply
from campaigns.fieldwork.visit_models import VisitTry
from campaigns.register.models import Member
from campaigns.register.scope import within
from campaigns.vocabulary import CONTACT, MemberStatus

Columns = tuple[SQLColumnExpression[Any], ...]
NO_CONTACT = and_(Member.phone_index.is_(None), Member.guardian_phone_index.is_(None))
"""Condition on Member: there is neither a number nor a guardian's."""


def evidence(since: datetime) -> CompoundSelect[int | None]:
    """Ids of people of whom there is evidence from ``since`` on.

    They wrote, answered a call themselves, or were met; their family alone is none. A
    key pressed during a call counts where the phone is nobody else's.
    """
    wrote = select(Reply.member_id).where(
        Reply.member_id.is_not(None), Reply.received_at >= since
    )
    met = select(VisitTry.member_id).where(
        VisitTry.at >= since, VisitTry.outcome.in_(CONTACT)
    )
    follower = aliased(Message)
    shared = exists().where(follower.carried_by == Message.id)
    pressed = select(Message.member_id).where(
        Message.reason == PRESSED, Message.finished_at >= since, ~shared
    )
    return union(wrote, met, pressed)


def contacted(
    session: Session, place: str, since: datetime, *by: SQLColumnExpression[Any]
) -> dict[tuple[Any, ...], int]:
    """People on the register in ``place`` who were contacted, by columns of Member."""
    return _counted(session, by, place, Member.id.in_(evidence(since)))


def holders(
    session: Session, place: str, *by: SQLColumnExpression[Any]
) -> dict[tuple[Any, ...], int]:
    """Active certificates in ``place``: 持证残疾人数."""
    return _counted(session, by, place)


def _counted(
    session: Session,
    by: Columns,
    place: str,
    *where: Any,  # noqa: ANN401 - conditions on Member
) -> dict[tuple[Any, ...], int]:
    found = session.execute(
        select(*by, func.count())
        .select_from(Member)
        .where(Member.status == MemberStatus.ACTIVE, within(place), *where)
        .group_by(*by)
    )
    return {tuple(key): n for *key, n in found if n}
