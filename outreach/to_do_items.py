"""One thing to do, as home lists it: said, counted, and led to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from outreach.counting import counts


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do: a msgid with ``n``, where it is done, by when."""

    sentence: str
    n: int
    address: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One that is not counted yet: all of a page are, by one statement.

    Where there is a single row it is opened at once: ``only`` asks for its number, and
    ``straight`` is its address with ``%s``.
    """

    sentence: str
    address: str
    query: Select[int]
    due: datetime | None = None
    only: Select[int] | None = None
    straight: str = ""

    def told(self, answers: Iterator[int]) -> Iterator[ToDo]:
        """It, where there is any."""
        n, address = next(answers), self.address
        if self.only is not None:
            first = next(answers)
            address = self.straight % first if n == 1 else address
        yield from some(self.sentence, n, address, self.due)


def told(session: Session, found: Iterable[ToDo | Asked]) -> Iterator[ToDo]:
    """All in their order, without those of which there is none."""
    each = list(found)
    asked = [one for one in each if isinstance(one, Asked)]
    queries = [q for one in asked for q in (one.query, one.only) if q is not None]
    answers = iter(counts(session, *queries))
    for one in each:
        if isinstance(one, Asked):
            yield from one.told(answers)
        else:
            yield one


def only(address: str, waiting: Counter[int]) -> str:
    """Straight to the campaign where all of it is one campaign's."""
    return address % next(iter(waiting)) if len(waiting) == 1 else ""


def some(
    sentence: str, n: int, address: str, due: datetime | None = None
) -> Iterator[ToDo]:
    """It, where there is any."""
    if n:
        yield ToDo(sentence, n, address, due)
