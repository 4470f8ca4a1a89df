"""What a check found, as a person reads it: problems by kind, changes by person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.importing import comparing
from campaigns.vocabulary import ImportState, RowVerdict

SHOWN = 20
"""Cells shown of one kind of problem, and people shown whose facts would change."""

_ROWS_READ = 5_000
_PHONES = frozenset({"phone", "guardian_phone"})
_NUMBERS = frozenset({"id_number", "certificate", "other_phones"})
_LONG = 6
OPEN_FIELDS = frozenset(
    {"grade", "sex", "township", "village", "living_alone", "chronic_illness"}
    | {"reads_aloud", "status", "certificate_category", "legal_basis", "number_status"}
)
"""Fields whose values tell nothing that must be masked."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One wrong cell: address, masked content, and the values of its sentence."""

    address: str
    masked: str
    values: dict[str, Any]


@dataclass(slots=True)
class Problem:
    """One kind of problem: msgids of fault and remedy, and its first cells."""

    sentence: str
    mend: str
    count: int = 0
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """What would change for a person: field, value before and after, masked."""

    row_number: int
    name: str
    fields: list[tuple[str, str, str]]


def problems(session: Session, import_id: int) -> list[Problem]:
    """Every kind of problem, the most frequent first, each with its first cells."""
    query = (
        select(ImportRow.problems, ImportRow.raw)
        .where(ImportRow.import_id == import_id, ImportRow.verdict == RowVerdict.WRONG)
        .order_by(ImportRow.row_number)
        .limit(_ROWS_READ)
    )
    kinds: dict[str, Problem] = {}
    for found, raw in session.execute(query):
        for one in found:
            kind = kinds.setdefault(
                one["sentence"], Problem(one["sentence"], one.get("mend", ""))
            )
            kind.count += 1
            if len(kind.cells) < SHOWN:
                kind.cells.append(_cell(one, raw))
    return sorted(kinds.values(), key=lambda kind: -kind.count)


def changes(session: Session, import_id: int) -> list[Change]:
    """The first people whose facts would change."""
    query = (
        select(ImportRow)
        .where(
            ImportRow.import_id == import_id,
            ImportRow.verdict == RowVerdict.CHANGED,
            ImportRow.values.is_not(None),
        )
        .order_by(ImportRow.row_number)
        .limit(SHOWN)
    )
    rows = list(session.scalars(query))
    keys = [row.identity for row in rows if row.identity is not None]
    stored = comparing.known(session, keys)
    return [_change(row, stored.get(row.identity or b"")) for row in rows]


def unmatched(made: Import) -> list[str]:
    """Headings that nobody has given a meaning yet."""
    return [heading for heading, name in made.columns.items() if heading and not name]


def remembered(session: Session) -> dict[str, str]:
    """What the columns of the last list taken in meant, for the next one."""
    last = (
        select(Import.columns)
        .where(Import.state == ImportState.IMPORTED)
        .order_by(Import.id.desc())
        .limit(1)
    )
    columns = session.scalar(last) or {}
    return {heading: name for heading, name in columns.items() if name}


def mask(name: str, value: object) -> str:
    """``value`` as a page may show it."""
    text = "" if value is None else str(value)
    if not text or name in OPEN_FIELDS:
        return text
    if name in _PHONES:
        return privacy.mask_phone(text)
    digits = sum(letter.isdigit() for letter in text)
    if name in _NUMBERS or digits >= _LONG:
        return privacy.mask_id(text)
    return privacy.mask_name(text)


def _cell(problem: dict[str, Any], raw: str | None) -> Cell:
    cells = json.loads(raw) if raw else []
    column = _column(problem["cell"])
    value = cells[column] if column < len(cells) else ""
    masked = mask(str(problem.get("field", "")), value)
    return Cell(problem["cell"], masked, problem.get("values", {}))


def _column(address: str) -> int:
    """The index, from 0, of a cell address such as F17."""
    number = 0
    for letter in address:
        if letter.isalpha():
            number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _change(row: ImportRow, before: Any) -> Change:  # noqa: ANN401 - a row mapping
    values = comparing.unpack(row.values) if row.values else {}
    old = dict(before) if before is not None else {}
    fields = list(_fields(row.changes, old, values))
    return Change(row.row_number, mask("name", values.get("name")), fields)


def _fields(
    names: Iterable[str], before: dict[str, Any], after: dict[str, Any]
) -> Iterable[tuple[str, str, str]]:
    for name in names:
        if name not in after:
            continue
        old, new = before.get(name), after.get(name)
        yield name, mask(name, old) or "–", mask(name, new) or "–"
