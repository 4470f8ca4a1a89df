"""All reports about one message, folded into one state: pure, and blind to order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from campaigns.vocabulary import MessageState

_WHOLE = 0


class Told(NamedTuple):
    """One report: part 0 speaks for the whole message."""

    part: int
    state: int
    reason: str = ""
    code: str | None = None


class Folded(NamedTuple):
    """What the reports amount to."""

    state: int
    reason: str
    code: str | None


def fold(told: Iterable[Told], parts: int) -> Folded:
    """Fold reports of a message of ``parts`` parts.

    The highest state of each part counts. Delivered means that every part arrived;
    one part that did not arrive makes the message undelivered.
    """
    best: dict[int, Told] = {}
    for said in told:
        best[said.part] = max(best.get(said.part, said), said, key=_rank)
    whole = best.pop(_WHOLE, None)
    candidates = [Folded(*whole[1:])] if whole else []
    if best:
        candidates.append(_of_parts(list(best.values()), parts))
    return max(candidates, key=lambda found: (found.state, found.reason))


def _of_parts(best: list[Told], parts: int) -> Folded:
    highest = max(best, key=_rank)
    failed = [said for said in best if said.state == MessageState.UNDELIVERED]
    arrived = sum(said.state == MessageState.DELIVERED for said in best)
    if arrived >= parts:
        return Folded(*highest[1:])
    if failed:
        return Folded(*max(failed, key=_rank)[1:])
    if highest.state > MessageState.SENT:
        return Folded(MessageState.SENT, "", None)
    return Folded(*highest[1:])


def _rank(said: Told) -> tuple[int, str, str]:
    return said.state, said.reason, said.code or ""
