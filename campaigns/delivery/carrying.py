"""Carrying a claimed batch over the network; never in a transaction, never raising."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from campaigns.delivery.claiming import Batch
from campaigns.delivery.provider import (
    UNREACHABLE,
    NotAccepted,
    Outgoing,
    Provider,
)
from campaigns.register import practice
from campaigns.vocabulary import MessageState, Reason

TOO_LATE = "deadline"
"""The code of an outcome whose time was up before a byte was written."""

_MOST_DOUBLINGS = 8
_LONGEST_WAIT = timedelta(minutes=15)
_FIRST_WAIT = timedelta(seconds=2)

_NO_SUCH_CHANNEL = NotAccepted("not by this carrier", code="channel", retry_after=60.0)
"""A carrier that helps out takes texts alone: calls wait for the one that can call."""
_PRACTISED = NotAccepted("only practised", code="practice", permanent=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt.

    ``state`` is ACCEPTED or further, QUEUED (proven not accepted; again after
    ``wait``), REJECTED or IN_DOUBT. ``throttled`` and ``broken`` concern the line.
    """

    message_id: int
    attempt: int
    state: MessageState
    reason: str = Reason.NONE
    code: str | None = None
    reference: str | None = None
    parts: int | None = None
    answer: str | None = None
    wait: timedelta | None = None
    throttled: bool = False
    broken: bool = False

    @property
    def tried(self) -> bool:
        """Whether the provider was spoken to at all."""
        return self.code != TOO_LATE

    @property
    def heard(self) -> bool:
        """Whether the provider gave an answer that says what became of it."""
        unsaid = self.state == MessageState.IN_DOUBT or self.code == UNREACHABLE
        return self.tried and not unsaid


def _unnoted(_message_id: int) -> None:
    """Nobody keeps a journal."""


class Slots(asyncio.Semaphore):
    """How many messages of all batches together may be under way."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


async def carry(
    provider: Provider,
    batch: Batch,
    begin: Callable[[int], None] = _unnoted,
    slots: Slots | None = None,
) -> list[Outcome]:
    """Hand all messages of ``batch`` over, concurrently. Never raises.

    ``begin`` is told each message's id before its first byte may leave. What waits for
    a slot has not begun.
    """
    free = slots or Slots(len(batch.messages))
    left, outcomes = iter(batch.messages), list[Outcome]()

    async def carry_on() -> None:
        # One task for many messages: one for each cost more than reading its answer.
        async with free:
            for outgoing in left:
                outcomes.append(await _carry(provider, outgoing, begin))

    several = min(len(batch.messages), free.most)
    await asyncio.gather(*(carry_on() for _ in range(several)))
    return outcomes


async def _carry(
    provider: Provider, outgoing: Outgoing, begin: Callable[[int], None]
) -> Outcome:
    if time.monotonic() >= outgoing.deadline:
        return _made(outgoing, state=MessageState.QUEUED, code=TOO_LATE)
    if outgoing.channel not in provider.channels:
        return _refused(outgoing, _NO_SUCH_CHANNEL)
    if outgoing.practice and provider.name != practice.CARRIER:
        return _refused(outgoing, _PRACTISED)
    begin(outgoing.message_id)
    try:
        submission = await provider.carry(outgoing)
    except NotAccepted as refusal:
        return _refused(outgoing, refusal)
    except Exception as fault:  # noqa: BLE001 - whatever it was, we do not know
        told = f"{type(fault).__name__}: {fault}"
        return _made(outgoing, state=MessageState.IN_DOUBT, answer=told)
    return _made(
        outgoing,
        state=submission.state,
        reason=submission.reason,
        code=submission.code,
        reference=submission.reference,
        parts=submission.parts,
    )


def _made(outgoing: Outgoing, **came: Any) -> Outcome:  # noqa: ANN401 - its fields
    return Outcome(outgoing.message_id, outgoing.attempt, **came)


def _refused(outgoing: Outgoing, refusal: NotAccepted) -> Outcome:
    backoff = _FIRST_WAIT * 2 ** min(outgoing.attempt - 1, _MOST_DOUBLINGS)
    wait = timedelta(seconds=refusal.retry_after) if refusal.retry_after else backoff
    again = {"state": MessageState.QUEUED, "wait": min(wait, _LONGEST_WAIT)}
    final = {"state": MessageState.REJECTED, "reason": refusal.reason}
    return _made(
        outgoing,
        code=refusal.code,
        answer=refusal.answer,
        throttled=refusal.throttled,
        broken=refusal.broken,
        **(final if refusal.permanent else again),
    )
