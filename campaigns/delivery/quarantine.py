"""Reports that fit no message: tried for a day, then shown until a person looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import STRANGE, Receipt
from campaigns.orm import table_of

LATELY = timedelta(days=7)
PAGE = 100
_r = table_of(Receipt).c
_STRANGE = _r.result.in_(STRANGE)


@dataclass(frozen=True, slots=True)
class Stray:
    """One report: whose it is, what it says, and why it was not believed.

    ``result`` is unmatched (no message of ours), other_number, other_sending (another
    provider or a later attempt) or closed (nothing was sent for it).
    """

    id: int
    provider: str
    reference: str | None
    status: str
    code: str | None
    result: str
    message_id: int | None
    received_at: datetime


def lately(session: Session, now: datetime) -> int:
    """How many came within a week."""
    found = select(func.count()).where(_STRANGE, _r.received_at > now - LATELY)
    return session.scalar(found) or 0


def listed(session: Session, *, limit: int = PAGE) -> list[Stray]:
    """The latest first; no number and no text is among them."""
    rows = session.execute(
        select(
            _r.id,
            _r.provider,
            _r.provider_ref,
            _r.status,
            _r.code,
            _r.result,
            _r.message_id,
            _r.received_at,
        )
        .where(_STRANGE)
        .order_by(_r.received_at.desc(), _r.id.desc())
        .limit(limit)
    )
    return [Stray(*row) for row in rows]
