"""Questions to providers about messages they were handed, and the answers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from campaigns.delivery import addressing
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Outgoing, Submission

_PATIENCE = 60.0
"""Seconds until an answer comes too late."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message in doubt, as its provider is asked about it; ``asked`` times so far."""

    provider: str
    asked: int
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ledger said: a submission, nothing, or no answer at all.

    With ``mute`` the provider cannot be asked: that proves no absence.
    """

    question: Question
    submission: Submission | None
    heard: bool = True
    mute: bool = False


ASKED = (Message.asked, Message.provider, Message.submitted_at)
"""What a statement returns beside others', for ``questions_of``."""


def questions_of(
    session: Session, campaign_id: int, provider: str, due: list[Any], signer: bytes
) -> list[Question]:
    """Questions to ``provider`` about messages of one campaign that it was handed."""
    dispatch = Dispatch.of(session, campaign_id, provider)
    known = addressing.numbers(session, due)
    # A number that was corrected since cannot be asked about: a person must look.
    deadline = time.monotonic() + _PATIENCE
    made = []
    for row in due:
        ready = addressing.outgoing(
            dispatch,
            [row],
            known,
            signer=signer,
            deadline=deadline,
            now=row.submitted_at,
        )
        made += [Question(row.provider, row.asked, out) for out in ready]
    return made
