"""Receipts without our token: found by the carrier's reference and the number.

Only for carriers whose interface has no field for a token of ours; their messages
alone are in the index that this looks into.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, String, literal_column, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.models import BY_REFERENCE, Message, Receipt
from campaigns.orm import number, packed, rows, table_of
from campaigns.vocabulary import MessageState


class Waiting(NamedTuple):
    """A receipt that was not applied yet, as far as matching it needs."""

    id: int
    message_id: int | None
    attempt: int | None
    provider: str
    provider_ref: str | None
    phone_index: bytes | None
    state: int
    received_at: datetime


_m = table_of(Message).c
_r = table_of(Receipt).c
_wanted = rows("wanted", {"reference": String}).c
_FOUND = select(_m.id, _m.attempt, _m.provider_ref, _m.phone_index).where(
    _m.provider_ref.in_(select(_wanted.reference)),
    _m.provider == literal_column(f"'{BY_REFERENCE}'"),
    _m.state < number(MessageState.REJECTED),
)
_named = rows("named", {"id": BigInteger, "message": BigInteger, "attempt": BigInteger})
_NAME = (
    update(table_of(Receipt))
    .where(_r.id == _named.c.id)
    .values(message_id=_named.c.message, attempt=_named.c.attempt)
)


def by_reference(session: Session, waiting: list[Waiting]) -> list[Waiting]:
    """``waiting`` receipts, those without a message named by reference and number."""
    nameless = [
        row
        for row in waiting
        if row.message_id is None and row.provider == BY_REFERENCE and row.provider_ref
    ]
    if not nameless:
        return waiting
    references = packed({(row.provider_ref,) for row in nameless})
    known = {
        (row.provider_ref, row.phone_index): (row.id, row.attempt)
        for row in session.execute(_FOUND, {"wanted": references})
    }
    named = {
        row.id: known[key]
        for row in nameless
        if (key := (row.provider_ref, row.phone_index)) in known
    }
    if not named:
        return waiting
    session.execute(_NAME, {"named": packed((key, *it) for key, it in named.items())})
    return [
        row._replace(message_id=named[row.id][0], attempt=named[row.id][1])
        if row.id in named
        else row
        for row in waiting
    ]
