"""The table of rights: generated cases, and no cell that could change unnoticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from roles import BLIND, COUNTY, DEAF, GRANTS, ME, OTHER, VILLAGE, person

from campaigns.vocabulary import Duty
from outreach import access, rights
from outreach.access import Action, Bearer, Thing
from outreach.accounts import Role
from outreach.rights import Cell, Reach, Row

SITUATIONS = {
    "own": Thing(VILLAGE, BLIND, ME),
    "in scope": Thing(VILLAGE, BLIND, OTHER),
    "person": Thing(VILLAGE, BLIND, OTHER, person=True),
    "other place": Thing("510522102201", BLIND, OTHER),
    "other category": Thing(VILLAGE, DEAF, OTHER),
    "other county": Thing("510703001201", BLIND, OTHER),
}

REACHES = {
    "C": {"own", "in scope", "person", "other place", "other category"},
    "C2": {"in scope", "person", "other place", "other category"},
    "K": {"own", "in scope", "person", "other place"},
    "K2": {"in scope", "person", "other place"},
    "P": {"own", "in scope", "person", "other category"},
    "O": {"own"},
    "N": {"own", "in scope", "other place", "other category"},
    "-": set(),
}
"""Where each kind of cell reaches, for somebody with a grant as in ``GRANTS``."""


def frozen() -> dict[str, tuple[dict[str, str], set[str]]]:
    """Action: cells by role, duties and "proof", from the file beside this one."""
    table = {}
    text = Path(__file__).with_name("expected.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        action, _, rest = line.partition(":")
        cells, _, duties = rest.partition(";")
        pairs = [pair.split() for pair in cells.split(",") if pair.strip()]
        table[action] = dict(pairs), set(duties.split())
    return table


EXPECTED = frozen()


def allowed(action: str, role: Role) -> set[str]:
    """The situations in which ``role`` may do ``action``."""
    me, what = person(role), Action(action)
    return {name for name, of in SITUATIONS.items() if access.may(me, what, of)}


def agrees(action: str, role: str) -> bool:
    """Whether the service does what the frozen table says, for one cell."""
    cells, asked = EXPECTED[action]
    duties = asked - {"proof"}
    right, _, quota = cells.get(role, "-").partition("/")
    what = Action(action)
    if role in {*Bearer}:
        return access.bearer_may(Bearer(role), what) == (right != "-")
    part = Role(role)
    with_each_duty = {
        each.value for each in Duty if access.may(person(part, each.value), what)
    }
    permitted = (duties or {*Duty}) if right != "-" else set()
    return (
        allowed(action, part) == REACHES[right]
        and access.may(person(part), what) == (right != "-")
        and with_each_duty == permitted
        and access.cell_of(part, what).quota == (int(quota) if quota else None)
        and access.asks_proof(what) == ("proof" in asked)
    )


CELLS = [(action, role) for action in EXPECTED for role in (*GRANTS, *Bearer)]


def test_the_two_tables_name_the_same_actions() -> None:
    assert {*EXPECTED} == {*Action} == {*rights.TABLE}
    assert len(EXPECTED) >= 50


@pytest.mark.parametrize("role", [*GRANTS, *Bearer])
def test_each_role_reaches_as_far_as_the_table_says(role: str) -> None:
    assert [action for action in EXPECTED if not agrees(action, role)] == []


def test_that_is_at_least_fifteen_hundred_cases() -> None:
    # Six situations, and signed out by disabling or by time: test_routes.py.
    assert len(EXPECTED) * len(GRANTS) * (len(SITUATIONS) + 2) >= 1500


def flipped(cell: Cell) -> list[Cell]:
    """Every other cell that could stand there."""
    kinds = [Cell(reach, second) for reach in Reach for second in (False, True)]
    kinds = [kind for kind in kinds if not kind.second or kind.reach is Reach.COUNTY]
    others = [replace(kind, quota=cell.quota) for kind in kinds]
    return [*(c for c in others if c != cell), replace(cell, quota=3)]


def put(monkeypatch: pytest.MonkeyPatch, action: str, **changes: object) -> None:
    row = replace(rights.TABLE[action], **changes)
    monkeypatch.setitem(rights.TABLE, action, row)


@pytest.mark.parametrize("action", [*EXPECTED])
def test_a_flipped_cell_is_noticed(
    action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rights.TABLE[action]
    for role, cell in row.cells.items():
        others = [Cell(Reach.NOTHING if cell else Reach.PLACE)]
        for other in others if role in {*Bearer} else flipped(cell):
            put(monkeypatch, action, cells={**row.cells, role: other})
            assert not agrees(action, role), f"{action}, {role}: {cell} → {other}"
        put(monkeypatch, action, cells=row.cells)


@pytest.mark.parametrize("action", [a for a, row in rights.TABLE.items() if row.duties])
def test_a_flipped_duty_is_noticed(
    action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rights.TABLE[action]
    roles = [role for role in GRANTS if row.cells[role]]
    for duty in Duty:
        put(monkeypatch, action, duties=row.duties ^ {duty.value})
        assert not all(agrees(action, role) for role in roles), duty


@pytest.mark.parametrize("action", [*EXPECTED])
def test_a_flipped_proof_is_noticed(
    action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(monkeypatch, action, proof=not rights.TABLE[action].proof)
    assert not any(agrees(action, role) for role in GRANTS)


def test_whoever_was_given_no_role_sees_their_own_settings_and_nothing_else() -> None:
    nobody = replace(person(Role.COORDINATOR), role=None)
    assert [a for a in Action if access.may(nobody, a)] == [Action.OWN_PAGES]


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        (Role.ASSOCIATION, {"categories": 0}),
        (Role.TOWNSHIP, {"place": COUNTY}),
        (Role.COORDINATOR, {"place": "51"}),
        (Role.COORDINATOR, {"place": ""}),
    ],
)
def test_a_grant_that_lacks_its_bounds_sees_nobody(role, changes) -> None:
    me = replace(person(role), **changes)
    for action in Action:
        assert access.scope(me, action) == access.Scope.nothing(), action
        within = SITUATIONS["in scope"]
        assert not access.may(me, action, within), action


def test_every_action_has_its_words_and_the_file_reads_as_a_table() -> None:
    for action, row in rights.TABLE.items():
        assert isinstance(row, Row)
        assert row.zh, action
        assert row.en, action
        assert {*row.cells} == {*Role, *Bearer}, action


@pytest.mark.parametrize("text", ["X", "C3", "C/many", ""])
def test_a_cell_that_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Cell.read(text)


def test_an_action_on_two_lines_is_refused() -> None:
    head = "action,coordinator,duties,proof,zh,en\n"
    with pytest.raises(ValueError, match="twice"):
        rights.read_table(head + "reveal,C,,,a,b\nreveal,-,,,a,b\n")
