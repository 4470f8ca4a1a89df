"""Carrying a claimed batch over the network; never in a transaction, never raising."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

from campaigns.delivery.claiming import Batch
from campaigns.delivery.provider import (
    UNREACHABLE,
    NotAccepted,
    Outgoing,
    Provider,
    Submission,
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


Slots = AbstractAsyncContextManager[object]


async def carry(
    provider: Provider,
    batch: Batch,
    begin: Callable[[int], None] = _unnoted,
    slots: Slots | None = None,
) -> list[Outcome]:
    """Hand all messages of ``batch`` over, concurrently. Never raises.

    ``begin`` is told each message's id before its first byte may leave. ``slots``, a
    semaphore, bounds what several batches have under way together; whoever waits for
    a slot has not begun.
    """
    free: Slots = nullcontext() if slots is None else slots
    sent = (_carry(provider, outgoing, begin, free) for outgoing in batch.messages)
    return await asyncio.gather(*sent)


async def _carry(
    provider: Provider,
    outgoing: Outgoing,
    begin: Callable[[int], None],
    free: Slots,
) -> Outcome:
    made = Outcome(outgoing.message_id, outgoing.attempt, MessageState.IN_DOUBT)
    async with free:
        if time.monotonic() >= outgoing.deadline:
            return replace(made, state=MessageState.QUEUED, code=TOO_LATE)
        if outgoing.channel not in provider.channels:
            return _refused(made, _NO_SUCH_CHANNEL)
        if outgoing.practice and provider.name != practice.CARRIER:
            return _refused(made, _PRACTISED)
        begin(outgoing.message_id)
        try:
            return _accepted(made, await provider.carry(outgoing))
        except NotAccepted as refusal:
            return _refused(made, refusal)
        except Exception as fault:  # noqa: BLE001 - whatever it was, we do not know
            return replace(made, answer=f"{type(fault).__name__}: {fault}")


def _accepted(made: Outcome, submission: Submission) -> Outcome:
    return replace(
        made,
        state=submission.state,
        reason=submission.reason,
        code=submission.code,
        reference=submission.reference,
        parts=submission.parts,
    )


def _refused(made: Outcome, refusal: NotAccepted) -> Outcome:
    told = replace(
        made,
        code=refusal.code,
        answer=refusal.answer,
        throttled=refusal.throttled,
        broken=refusal.broken,
    )
    if refusal.permanent:
        return replace(told, state=MessageState.REJECTED, reason=refusal.reason)
    backoff = _FIRST_WAIT * 2 ** min(made.attempt - 1, _MOST_DOUBLINGS)
    wait = timedelta(seconds=refusal.retry_after) if refusal.retry_after else backoff
    return replace(told, state=MessageState.QUEUED, wait=min(wait, _LONGEST_WAIT))
