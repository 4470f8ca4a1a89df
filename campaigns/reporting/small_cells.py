"""Few people in one place or category are not counted for whoever may not open them.

A figure of one to four persons is left out, and with it whatever would give it away:
for every figure left out another audience exists that shows all the same figures and
differs in this one. So it can be computed from nothing that is shown, by any means.
Totals of the whole campaign stand: they name neither a place nor a category.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache, reduce
from itertools import product
from math import inf
from operator import xor

from campaigns.reporting.people import KINDS, REACHED, Figures, People
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.vocabulary import Category

FEWEST = 5
"""Fewer persons than this are not counted."""

Key = tuple[str | None, Category | None, str]
"""A figure: township or None for all, category or None, and what is counted."""

Person = tuple[str, Category, str]
"""Township, category and kind: all that the tables know of a person."""

Audience = frozenset[tuple[Person, int]]
"""How many are alike in all three."""

_CELL = ("audience", "reached")
"""What is shown of a township's people of one category."""


def guarded(whole: CampaignStatistics) -> CampaignStatistics:
    """``whole`` as it may leave the circle of those who may open its persons."""
    hidden = left_out(frozenset(_audience(whole.heat).items()))

    def shown(
        people: People | Figures, place: str | None, category: Category | None
    ) -> Figures:
        names = _CELL if place and category else (*_CELL, *KINDS)
        keep = [name for name in names if (place, category, name) not in hidden]
        values = {**dict.fromkeys(_CELL), **{n: getattr(people, n) for n in keep}}
        return Figures(**values)

    # Where nobody is seen to be, somebody might be: such a cell is left out too.
    dark = {(t, c): People() for t, c, _ in hidden if t and c}
    return replace(
        whole,
        by_township={t: shown(p, t, None) for t, p in whole.by_township.items()},
        by_category={c: shown(p, None, c) for c, p in whole.by_category.items()},
        heat={(t, c): shown(p, t, c) for (t, c), p in {**dark, **whole.heat}.items()},
    )


@lru_cache(maxsize=16)
def left_out(audience: Audience) -> frozenset[Key]:
    """The small figures of ``audience`` and those that would give them away.

    Half a second for a county whose every township has small figures.
    """
    return frozenset(_Guard(dict(audience)).hidden)


def figures(audience: Audience) -> dict[Key, int]:
    """Every figure by township, by category and by both."""
    sums: dict[Key, int] = {}
    for person, n in audience:
        for key in counted_in(person):
            sums[key] = sums.get(key, 0) + n
    return sums


@cache
def counted_in(person: Person) -> frozenset[Key]:
    """The figures that a person is counted in."""
    place, category, kind = person
    names = _CELL if kind in REACHED else _CELL[:1]
    return frozenset(
        [
            *product((place,), (None,), (*names, kind)),
            *product((None,), (category,), (*names, kind)),
            *product((place,), (category,), names),
        ]
    )


def _audience(
    heat: Mapping[tuple[str, Category], People | Figures],
) -> dict[Person, int]:
    return {
        (place, category, kind): n
        for (place, category), people in heat.items()
        for kind in KINDS
        if (n := getattr(people, kind))
    }


class _Guard:
    """Hides the small figures, then for each what it takes to hide it in earnest."""

    def __init__(self, audience: Mapping[Person, int]) -> None:
        self.people = sorted(person for person, n in audience.items() if n)
        self.places = sorted({place for place, _, _ in self.people})
        self.categories = sorted({category for _, category, _ in self.people})
        self.sums = figures(frozenset(audience.items()))
        self.hidden = {
            key for key, n in self.sums.items() if 0 < n < FEWEST and self._finer(key)
        }
        safe: set[Key] = set()
        for key in sorted(self.hidden, key=repr):
            if key not in safe:
                change = self._cheapest(key)
                self.hidden |= change
                safe |= change

    def _finer(self, key: Key) -> bool:
        """Whether the figure tells more than the campaign's own totals do."""
        place, category, _ = key
        places, categories = len(self.places) > 1, len(self.categories) > 1
        return bool((place and places) or (category and categories))

    def _cheapest(self, key: Key) -> frozenset[Key]:
        """The least that another audience shows differently, ``key`` among it."""
        best, price = frozenset({key}), (inf, inf)
        for change in self._changes(key):
            if key not in change:
                continue
            new = change - self.hidden
            if not new:
                return change
            costs = len(new), sum(self.sums.get(each, 0) for each in new)
            if costs < price:
                best, price = change, costs
        return best

    def _changes(self, key: Key) -> Iterator[frozenset[Key]]:
        """Two who are alike in one respect swap another; or one moves."""
        counted = [person for person in self.people if key in counted_in(person)]
        for one, other in product(counted, self.people):
            (t, c, kind), (u, d, what) = one, other
            if c == d or t == u:
                yield _apart(one, other, (t, c, what), (u, d, kind))
            if kind == what:
                yield _apart(one, other, (t, d, kind), (u, c, kind))
        for one in counted:
            t, c, kind = one
            yield from (_apart(one, (u, c, kind)) for u in self.places)
            yield from (_apart(one, (t, d, kind)) for d in self.categories)


def _apart(*people: Person) -> frozenset[Key]:
    """Figures in which these differ: what two have in common they keep in common."""
    return reduce(xor, map(counted_in, people))
