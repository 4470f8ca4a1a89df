"""A file checked row by row and kept, sealed, until a person lets it in."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.errors import Unreadable, mark
from campaigns.orm import table_of
from campaigns.register import practice
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.importing import comparing
from campaigns.register.importing.cells import EXACT
from campaigns.register.importing.checking import RowChecker
from campaigns.register.importing.comparing import pack
from campaigns.register.importing.row import Row
from campaigns.register.importing.tidying import DataRows
from campaigns.register.places import Gazetteer
from campaigns.register.sheets.reading import open_table
from campaigns.register.unit import current_unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import ImportState, LegalBasis, MemberStatus, RowVerdict

BATCH = 2_000
CONFIRMED_FROM = 5_000
"""A list that would touch more people than this needs a colleague's confirmation."""

Progress = Callable[[int, int], object]


def check_file(  # noqa: PLR0913 - what the upload page asks for
    session: Session,
    path: Path,
    *,
    file_name: str,
    legal_basis: LegalBasis,
    source: str = "",
    made_by: int | None,
    now: datetime,
    columns: dict[str, str] | None = None,
    header_row: int | None = None,
    begun: Import | None = None,
    progress: Progress | None = None,
) -> Import:
    """Check a list; nothing enters the register yet.

    ``begun`` is the row of ``begin``, where a page already shows it; what an earlier
    check of it found is forgotten.
    ``columns`` maps headings to fields where a person decided otherwise, and
    ``progress`` is told rows done and rows expected. The import is CHECKED, or
    WAITING for a colleague when it is long and somebody's. Raises Unreadable when the
    file as a whole cannot be read.
    """
    gazetteer = Gazetteer.of(session, current_unit(session).place_code)
    with open_table(path) as table:
        rows = DataRows(table, columns, header_row)
        made = begun or begin(
            session,
            path,
            file_name=file_name,
            legal_basis=legal_basis,
            source=source,
            made_by=made_by,
            now=now,
        )
        made.columns = rows.header.columns
        session.execute(delete(ImportRow).where(ImportRow.import_id == made.id))
        checker = RowChecker(rows.header, gazetteer, day_of(now))
        figures: Counter[str] = Counter()
        for checked in _checked(rows, checker):
            _keep(session, made, checked, figures)
            if progress is not None:
                progress(rows.rows, max(table.rows_expected, rows.rows))
        if not rows.rows:
            raise Unreadable(mark("表里只有表头，没有人。请选有名册的那一份。"))
    told = _known(session, made) + rows.told() + checker.notices.told()
    _finish(made, figures, rows, told)
    session.flush()
    return made


def _known(session: Session, made: Import) -> list[dict[str, Any]]:
    """That the very same file was let in before."""
    before = select(func.max(Import.imported_at)).where(
        Import.file_hash == made.file_hash, Import.state == ImportState.IMPORTED
    )
    moment = session.scalar(before)
    if moment is None:
        return []
    day = day_of(moment).isoformat()
    sentence = mark("这份文件 %(day)s 已经导入过，内容一个字都没有变。")
    return [{"sentence": sentence, "values": {"day": day}}]


def begin(  # noqa: PLR0913 - a row's columns
    session: Session,
    path: Path,
    *,
    file_name: str,
    legal_basis: LegalBasis,
    source: str = "",
    made_by: int | None,
    now: datetime,
) -> Import:
    """The row of an import that is being checked; nothing has been read yet.

    Raises NotReady while practice data stands.
    """
    practice.demand_earnest(session)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    made = Import(
        file_name=file_name[-200:],
        file_hash=digest,
        source=source,
        legal_basis=legal_basis,
        state=ImportState.CHECKING,
        made_by=made_by,
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _checked(rows: DataRows, checker: RowChecker) -> Iterator[list[Row]]:
    found = iter(rows)
    while batch := [checker.check(n, row) for n, row in islice(found, BATCH)]:
        yield batch


def _keep(
    session: Session, made: Import, rows: Sequence[Row], figures: Counter[str]
) -> None:
    right = [row for row in rows if not row.problems]
    stored = find_stored(session, right)
    lines = [
        _wrong(made.id, row)
        if row.problems
        else _right(made, row, stored.get(row.number))
        for row in rows
    ]
    figures.update(line["verdict"] for line in lines)
    figures["cells"] += sum(len(row.problems) for row in rows)
    session.execute(insert(table_of(ImportRow)), lines)


def find_stored(session: Session, rows: Sequence[Row]) -> dict[int, Any]:
    """The register's row for each of these, by row number.

    Somebody who was provisional is found again once the list brings the ID number.
    """
    found = comparing.known(session, (row.identity for row in rows if row.identity))
    adopted: dict[int, Any] = {}
    if comparing.has_provisional(session):
        keys = {row.number: privacy.blind("provisional", row.said) for row in rows}
        others = comparing.known(session, keys.values())
        adopted = {
            n: others[key]
            for n, key in keys.items()
            if key in others and others[key]["status"] != MemberStatus.MERGED
        }
    both = ((row, found.get(row.identity or b"")) for row in rows)
    return {
        row.number: stored
        for row, own in both
        if (stored := own or adopted.get(row.number)) is not None
    }


def _right(made: Import, row: Row, stored: Any) -> dict[str, Any]:  # noqa: ANN401
    changed: list[str] = []
    if stored is not None:
        changed = sorted(comparing.changes(row.values, stored, made.legal_basis))
    verdict = comparing.verdict(changed, stored)
    values = None if verdict is RowVerdict.SAME else pack(row.values)
    return {
        "import_id": made.id,
        "row_number": row.number,
        "verdict": verdict,
        "identity": row.identity,
        "member_id": stored["id"] if stored is not None else None,
        "values": values,
        "raw": None,
        "problems": [],
        "changes": changed,
    }


def _wrong(import_id: int, row: Row) -> dict[str, Any]:
    cells = [cell if isinstance(cell, str) else _shown(cell) for cell in row.cells]
    return {
        "import_id": import_id,
        "row_number": row.number,
        "verdict": RowVerdict.WRONG,
        "identity": row.identity,
        "member_id": None,
        "values": None,
        "raw": json.dumps(cells, ensure_ascii=False),
        "problems": row.problems,
        "changes": [],
    }


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        whole = abs(cell) < EXACT and cell == int(cell)
        return str(int(cell)) if whole else f"{cell:.6G}"
    return "" if cell is None else str(cell)


def _finish(
    made: Import, figures: Counter[str], rows: DataRows, told: list[dict[str, Any]]
) -> None:
    verdicts = {verdict.value: figures[verdict] for verdict in RowVerdict}
    made.figures = {
        **verdicts,
        "rows": rows.rows,
        "cells": figures["cells"],
        "blank": rows.blank,
        "left_out": len(rows.left_out),
        "filled": rows.filled,
        "told": told,
    }
    touched = figures[RowVerdict.NEW] + figures[RowVerdict.CHANGED]
    waits = touched > CONFIRMED_FROM and made.made_by is not None
    made.state = ImportState.WAITING if waits else ImportState.CHECKED
