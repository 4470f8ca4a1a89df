"""Few people in one place or category are not counted for whoever may not open them.

A figure of one to four persons is left out, and with it whatever would give it away:
for every figure left out another audience exists that shows all the same figures and
differs in this one. So it can be computed from nothing that is shown, by any means.
Totals of the whole campaign stand: they name neither a place nor a category.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from itertools import product
from math import inf

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

    A fiftieth of a second for a county whose every township has small figures.
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
    """Hides the small figures, then for each what it takes to hide it in earnest.

    A set of figures is an integer with a bit for each, and a category its bare
    number: tens of thousands of such sets are compared while a page waits.
    """

    def __init__(self, audience: Mapping[Person, int]) -> None:
        sums = figures(frozenset(audience.items()))
        self.people = sorted(
            (t, int(c), kind) for (t, c, kind), n in audience.items() if n
        )
        self.places = sorted({place for place, _, _ in self.people})
        self.categories = sorted({category for _, category, _ in self.people})
        kinds = {kind for _, _, kind in self.people}
        keys = {
            (place, category, kind): counted_in((place, Category(category), kind))
            for place, category, kind in product(self.places, self.categories, kinds)
        }
        self.keys = sorted(set().union(*keys.values()), key=repr)
        self.sums = [sums.get(key, 0) for key in self.keys]
        bits = {key: 1 << number for number, key in enumerate(self.keys)}
        self.counted = {one: sum(bits[key] for key in keys[one]) for one in keys}
        self.bits = sum(
            bits[key] for key, n in sums.items() if 0 < n < FEWEST and self._finer(key)
        )
        safe = 0
        for number in _numbers(self.bits):
            if not safe >> number & 1:
                change = self._cheapest(1 << number)
                self.bits |= change
                safe |= change

    @property
    def hidden(self) -> frozenset[Key]:
        """What is left out."""
        return frozenset(self.keys[number] for number in _numbers(self.bits))

    def _finer(self, key: Key) -> bool:
        """Whether the figure tells more than the campaign's own totals do."""
        place, category, _ = key
        places, categories = len(self.places) > 1, len(self.categories) > 1
        return bool((place and places) or (category and categories))

    def _cheapest(self, bit: int) -> int:
        """The least that another audience shows differently, ``bit`` among it."""
        best, price = bit, (inf, inf)
        for change in self._changes(bit):
            if not change & bit:
                continue
            new = change & ~self.bits
            if not new:
                return change
            if new.bit_count() <= price[0]:
                costs = new.bit_count(), sum(self.sums[n] for n in _numbers(new))
                if costs < price:
                    best, price = change, costs
        return best

    def _changes(self, bit: int) -> Iterator[int]:
        """Two who are alike in one respect swap another; or one moves.

        What the people before and after have in common they keep in common: the
        others are the figures in which the two audiences differ.
        """
        at = self.counted
        counted = [person for person in self.people if at[person] & bit]
        for one, other in product(counted, self.people):
            (t, c, kind), (u, d, what) = one, other
            if c == d or t == u:
                yield at[one] ^ at[other] ^ at[t, c, what] ^ at[u, d, kind]
            if kind == what:
                yield at[one] ^ at[other] ^ at[t, d, kind] ^ at[u, c, kind]
        for one in counted:
            t, c, kind = one
            yield from (at[one] ^ at[u, c, kind] for u in self.places)
            yield from (at[one] ^ at[t, d, kind] for d in self.categories)


def _numbers(bits: int) -> Iterator[int]:
    """Which bits are set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
