"""Figures of few people are left out, and nothing that is shown gives them back."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import lil_array

from campaigns.reporting.people import KINDS, REACHED
from campaigns.reporting.small_cells import FEWEST, counted_in, figures, left_out
from campaigns.vocabulary import Category

WEB = Path(__file__).parents[2] / "outreach"
PLACES = ("510522101", "510522102", "510522103")
CATEGORIES = (Category.VISUAL, Category.HEARING, Category.PHYSICAL)
KINDS_SEEN = ("delivered_suitable", "contacted", "to_visit", "refused")
PEOPLE = [*product(PLACES, CATEGORIES, KINDS_SEEN)]
few_or_many = st.one_of(st.integers(0, 6), st.just(0), st.integers(0, 40))


@st.composite
def audiences(draw):
    places = draw(st.integers(1, 3))
    kept = [p for p in PEOPLE if p[0] in PLACES[:places]]
    return frozenset((p, n) for p in kept if (n := draw(few_or_many)))


def shown(audience):
    """Every figure and total, zeros too: what a reader could read were all shown."""
    places, categories = ({p[at] for p, _ in audience} for at in (0, 1))
    names = ("audience", "reached", *KINDS_SEEN)
    keys = [
        *product(places, (None,), names),
        *product((None,), categories, names),
        *product(places, categories, names[:2]),
    ]
    sums = figures(audience)
    totals = {
        kind: sum(n for person, n in audience if person[2] == kind)
        for kind in KINDS_SEEN
    }
    return {key: sums.get(key, 0) for key in keys}, totals


class Attacker:
    """Solves for every audience that would show the same."""

    def __init__(self, audience) -> None:
        hidden = left_out(audience)
        told, totals = shown(audience)
        # People may be in any place and category that the tables name.
        places, categories = ({p[at] for p, _ in audience} for at in (0, 1))
        self.people = [*product(places, categories, KINDS_SEEN)]
        rows = [
            ([key in counted_in(person) for person in self.people], n)
            for key, n in told.items()
            if key not in hidden
        ]
        rows += [
            ([person[2] == kind for person in self.people], n)
            for kind, n in totals.items()
        ]
        matrix = lil_array(np.array([row for row, _ in rows], dtype=float)).tocsr()
        values = np.array([n for _, n in rows], dtype=float)
        self.constraint = LinearConstraint(matrix, values, values)

    def range_of(self, key) -> tuple[int, int]:
        wanted = np.array([float(key in counted_in(p)) for p in self.people])
        ends = (
            milp(
                sign * wanted,
                integrality=np.ones(len(wanted)),
                constraints=self.constraint,
            )
            for sign in (1, -1)
        )
        least, most = (round(wanted @ end.x) for end in ends)
        return least, most


@settings(max_examples=10, deadline=None)
@given(audiences())
def test_no_figure_that_is_left_out_can_be_computed(audience) -> None:
    hidden = left_out(audience)
    attacker = Attacker(audience) if hidden else None
    for key in sorted(hidden, key=repr):
        least, most = attacker.range_of(key)
        assert least < most, f"{key} must be {least}"


@settings(max_examples=60, deadline=None)
@given(audiences())
def test_what_is_shown_of_a_place_or_a_category_is_nobody_or_five(audience) -> None:
    hidden = left_out(audience)
    places, categories = ({p[at] for p, _ in audience} for at in (0, 1))
    for (place, category, name), n in figures(audience).items():
        total = (not place or len(places) == 1) and (
            not category or len(categories) == 1
        )
        if not total and (place, category, name) not in hidden:
            assert n >= FEWEST


def test_large_figures_all_stand() -> None:
    assert not left_out(frozenset((person, 9) for person in PEOPLE))


def test_one_small_figure_takes_three_others_with_it() -> None:
    """Two rows and two columns: from any fewer the margins give it back."""
    audience = {person: 20 for person in PEOPLE if person[2] not in REACHED}
    audience[PLACES[0], CATEGORIES[0], "contacted"] = 2
    for place, category in product(PLACES, CATEGORIES):
        audience[place, category, "delivered_suitable"] = 20
    hidden = left_out(frozenset(audience.items()))
    rows = {key for key in hidden if key[0] and not key[1]}
    assert {(key[0], key[2]) for key in rows} == {
        *product({key[0] for key in rows}, {"contacted", "delivered_suitable"})
    }
    assert len(rows) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_counts_in_its_rows_and_only_the_reached_as_reached(
    kind: str,
) -> None:
    counted = counted_in((PLACES[0], CATEGORIES[0], kind))
    assert ((PLACES[0], None, "reached") in counted) == (kind in REACHED)
    assert len(counted) == (8 if kind in REACHED else 5)


def test_pages_and_programs_get_their_figures_from_one_place() -> None:
    """``reporting`` guards them; an emergency's board shows totals, to the county."""
    users = {
        str(path.relative_to(WEB))
        for folder in ("web", "api")
        for path in (WEB / folder).rglob("*.py")
        if "campaign_statistics"
        in {
            alias.name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
    }
    assert users == {"web/reporting.py", "web/emergency.py"}
