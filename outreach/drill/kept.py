"""What clients were answered against what stands in the inbox and in the messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message, Receipt
from campaigns.vocabulary import MessageState

Report = tuple[int, str]
"""A message's number and the status that was reported."""
_RANKS = {
    "queued": MessageState.ACCEPTED,
    "sent": MessageState.SENT,
    "undelivered": MessageState.UNDELIVERED,
    "delivered": MessageState.DELIVERED,
}
_APPLIED = "applied"


class Kept(NamedTuple):
    """A receipt in the inbox: whose, what it says, and what became of it."""

    message: int
    status: str
    result: str | None


def stands(session: Session, campaign_id: int) -> tuple[list[Kept], dict[int, int]]:
    """The receipts that name a message of the campaign, and each message's state."""
    found = session.execute(
        select(Message.id, Receipt.status, Receipt.result)
        .join(Receipt, Receipt.message_id == Message.id)
        .where(Message.campaign_id == campaign_id)
    )
    states = session.execute(
        select(Message.id, Message.state).where(Message.campaign_id == campaign_id)
    )
    return [Kept(*row) for row in found], {row.id: row.state for row in states}


def wrongs(
    answered: Collection[Report],
    posted: Collection[Report],
    inbox: Sequence[Kept],
    states: Mapping[int, int],
) -> dict[str, int]:
    """How much does not hold, by its name; nothing when all of it holds.

    What was not answered may stand in the inbox or not: a server may have been killed
    between commit and answer.
    """
    kept = Counter((row.message, row.status) for row in inbox)
    best: dict[int, int] = {}
    for message, status in kept:
        rank = _RANKS.get(status, MessageState.ACCEPTED)
        best[message] = max(best.get(message, MessageState.ACCEPTED), rank)
    found = {
        "lost": sum(1 for report in answered if report not in kept),
        "kept twice": sum(1 for n in kept.values() if n > 1),
        "never posted": len(kept.keys() - set(posted)),
        "not applied": sum(1 for row in inbox if row.result != _APPLIED),
        "in another state": sum(1 for m, rank in best.items() if states.get(m) != rank),
    }
    return {name: n for name, n in found.items() if n}
