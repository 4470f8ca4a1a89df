"""What became of people: a partition of the audience, never a count of messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from campaigns.delivery.outcomes import Sorter
from campaigns.delivery.tally import Cell
from campaigns.vocabulary import PERSON

REACHED = ("delivered_suitable", "contacted")
"""The two addends of the reached."""

OUTCOMES = ("reached", "to_visit", "attempted", "refused", "not_applicable")


@dataclass(frozen=True, slots=True)
class People:
    """Persons; all fields together are the audience.

    ``reached`` has two addends: delivered to a phone that this person can use, and
    ``contacted``, by a reply, a call or a visit. ``family``: only the family was met.
    ``to_visit`` where a visit is owed, ``attempted`` where none is, or none any more.
    ``waiting`` is still open.
    """

    delivered_suitable: int = 0
    contacted: int = 0
    family: int = 0
    to_visit: int = 0
    attempted: int = 0
    refused: int = 0
    not_applicable: int = 0
    waiting: int = 0

    @property
    def audience(self) -> int:
        """Everybody."""
        return sum(getattr(self, field.name) for field in fields(self))

    @property
    def reached(self) -> int:
        """Both addends."""
        return self.delivered_suitable + self.contacted

    @property
    def not_reached(self) -> int:
        """To visit or attempted."""
        return self.to_visit + self.attempted

    @property
    def rate(self) -> float | None:
        """Reached ÷ audience; None for nobody."""
        return self.reached / self.audience if self.audience else None

    def outcome(self, *, visits: bool) -> dict[str, int]:
        """The five of ``OUTCOMES``, together the audience.

        Who still waits will be visited where the campaign owes ``visits``; whose
        family alone was met was tried and is owed no visit any more.
        """
        five = {name: getattr(self, name) for name in OUTCOMES}
        five["to_visit" if visits else "attempted"] += self.waiting
        five["attempted"] += self.family
        return five


@dataclass(frozen=True, slots=True)
class Figures:
    """People of a row or a cell as they are shown; None is left out."""

    audience: int | None
    reached: int | None
    delivered_suitable: int | None = None
    contacted: int | None = None
    family: int | None = None
    to_visit: int | None = None
    attempted: int | None = None
    refused: int | None = None
    not_applicable: int | None = None
    waiting: int | None = None

    @property
    def not_reached(self) -> int | None:
        """To visit or attempted, where both are shown."""
        if self.to_visit is None or self.attempted is None:
            return None
        return self.to_visit + self.attempted

    @property
    def rate(self) -> float | None:
        """Reached ÷ audience, where both are shown."""
        if not self.audience or self.reached is None:
            return None
        return self.reached / self.audience


KINDS = tuple(field.name for field in fields(People))


def people_by(
    cells: Mapping[Cell, int], sorter: Sorter, *columns: str
) -> dict[tuple[Any, ...], People]:
    """People by the cells' ``columns``, such as township and category, in order."""
    counts: dict[tuple[Any, ...], Counter[str]] = {}
    for cell, n in of_channel(cells, PERSON):
        key = tuple(getattr(cell, column) for column in columns)
        counts.setdefault(key, Counter())[sorter.kind(cell)] += n
    return {key: People(**counts[key]) for key in sorted(counts)}


def of_channel(cells: Mapping[Cell, int], *channels: str) -> Iterable[tuple[Cell, int]]:
    """The cells of these channels with their counts."""
    return ((cell, n) for cell, n in cells.items() if cell.channel in channels)
