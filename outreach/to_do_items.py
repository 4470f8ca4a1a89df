"""One thing to do, as home lists it: said, counted, and led to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from outreach.counting import counts

Counted = tuple[str, str, Select[int]]
"""A sentence, where it leads, and what counts its figure."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do: a msgid with ``n``, where it is done, by when."""

    sentence: str
    n: int
    address: str
    due: datetime | None = None


def counted(session: Session, each: Sequence[Counted]) -> Iterator[ToDo]:
    """What each asks for, in its order, where there is any."""
    found = counts(session, *(query for _sentence, _address, query in each))
    for (sentence, address, _query), n in zip(each, found, strict=True):
        yield from some(sentence, n, address)


def only(address: str, waiting: Counter[int]) -> str:
    """Straight to the campaign where all of it is one campaign's."""
    return address % next(iter(waiting)) if len(waiting) == 1 else ""


def some(
    sentence: str, n: int, address: str, due: datetime | None = None
) -> Iterator[ToDo]:
    """It, where there is any."""
    if n:
        yield ToDo(sentence, n, address, due)
