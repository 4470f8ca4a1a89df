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
    """A message in doubt, as its provider is asked about it; ``asked`` times so far.

    Its ``outgoing`` has no phone where the number was corrected since: nobody can be
    asked then, and it counts as asked.
    """

    provider: str
    asked: int
    outgoing: Outgoing

    @property
    def askable(self) -> bool:
        """Whether the number is still the one that was written to."""
        return bool(self.outgoing.phone)


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
    known = {**{row.id: "" for row in due}, **addressing.numbers(session, due)}
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
