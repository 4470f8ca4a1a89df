"""Holds the database against the provider's ledger, message by message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.token import read
from campaigns.vocabulary import Addressee, Channel, MessageState
from outreach.settings import Settings
from outreach.simulator.asking import ledger

_TAKEN = (
    MessageState.ACCEPTED,
    MessageState.SENT,
    MessageState.NO_RECEIPT,
    MessageState.UNDELIVERED,
    MessageState.DELIVERED,
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the comparison found; all but ``ledger`` must be zero.

    ``twice`` are messages with more than one entry in the ledger, ``only_ledger`` and
    ``only_database`` those that one side alone believes the provider took,
    ``unsummed`` the audience less the sum of all states of people's own texts,
    ``tally_off`` the cells of the tally that a recount does not confirm.
    """

    ledger: int
    twice: int
    only_ledger: int
    only_database: int
    unsummed: int
    tally_off: int

    @property
    def holds(self) -> bool:
        """Whether ledger and database agree to the message."""
        return not any(
            (
                self.twice,
                self.only_ledger,
                self.only_database,
                self.unsummed,
                self.tally_off,
            )
        )


def prove(
    session: Session, campaign_id: int, settings: Settings, signer: bytes
) -> Proof:
    """Compare one campaign with the simulated provider's ledger."""
    entries = Counter(_messages(ledger(settings), campaign_id, signer))
    taken = set(
        session.scalars(
            select(Message.id).where(
                Message.campaign_id == campaign_id, Message.state.in_(_TAKEN)
            )
        )
    )
    return Proof(
        ledger=sum(entries.values()),
        twice=sum(1 for n in entries.values() if n > 1),
        only_ledger=len(entries.keys() - taken),
        only_database=len(taken - entries.keys()),
        unsummed=_unsummed(session, campaign_id),
        tally_off=len(tally.recount(session, campaign_id)),
    )


def _unsummed(session: Session, campaign_id: int) -> int:
    people = select(func.count()).where(Recipient.campaign_id == campaign_id)
    messages = select(func.count()).where(
        Message.campaign_id == campaign_id,
        Message.channel == Channel.SMS,
        Message.addressee == Addressee.MEMBER,
    )
    return session.scalar(people) - session.scalar(messages)  # type: ignore[operator]


def _messages(
    entries: Iterable[Mapping[str, Any]], campaign_id: int, signer: bytes
) -> Iterator[int]:
    for entry in entries:
        token = read(signer, entry["token"])
        if token is not None and token.campaign_id == campaign_id:
            yield token.message_id
