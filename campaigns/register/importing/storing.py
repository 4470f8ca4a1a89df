"""Right rows become members, batch by batch; a crash in between loses nothing.

Each batch is one transaction that writes its members and empties its rows' values:
rows with values are still to be done, so that repeating does only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.errors import NotAllowed, NotFound, NotReady, mark
from campaigns.orm import table_of
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.importing import before as earlier
from campaigns.register.importing import comparing
from campaigns.register.importing.inspection import BATCH, Progress
from campaigns.register.members import name_index
from campaigns.register.models import Member
from campaigns.vocabulary import ImportState, MemberStatus, NumberStatus, RowVerdict

TAKEN = (RowVerdict.NEW, RowVerdict.CHANGED)
"""Rows that a list's import takes in."""

_BEGUN = (
    *(ImportState.IMPORTING, ImportState.IMPORTED),
    *(ImportState.UNDOING, ImportState.UNDONE),
)
_FLAGS = ("living_alone", "chronic_illness", "reads_aloud")
Sessions = Callable[[], AbstractContextManager[Session]]


def get_import(session: Session, import_id: int) -> Import:
    """The import. Raises NotFound."""
    made = session.get(Import, import_id)
    if made is None:
        raise NotFound(mark("没有找到这次导入。请从列表里选。"))
    return made


def confirm(session: Session, import_id: int, by: int, now: datetime) -> Import:
    """A colleague lets a long list in. Raises NotAllowed for whoever uploaded it."""
    made = get_import(session, import_id)
    if made.made_by == by:
        raise NotAllowed(mark("这份名册是您上传的，要请另一位同事确认。"))
    if made.state is not ImportState.WAITING:
        raise NotReady(mark("这次导入不用确认，或者已经处理过了。"))
    made.state = ImportState.CHECKED
    made.confirmed_by, made.confirmed_at = by, now
    session.flush()
    return made


def discard(session: Session, import_id: int) -> Import:
    """Forget a checked list with all its rows; nothing of it is in the register."""
    made = get_import(session, import_id)
    if made.state in _BEGUN:
        raise NotReady(mark("这份名册已经开始导入，不能放弃。"))
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    made.state = ImportState.DISCARDED
    session.flush()
    return made


def take_in(
    sessions: Sessions,
    import_id: int,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Take in the right rows, each batch in a transaction of ``sessions``.

    Doing it again changes nothing and finishes what was left over. Returns the
    import's figures. Raises NotReady while a colleague has not confirmed it.
    """
    after = 0
    while True:
        with sessions() as session:
            made = _begin(session, import_id)
            last = _batch(session, made, after, now)
            if last is None:
                made.state = ImportState.IMPORTED
                made.imported_at = made.imported_at or now
            done, figures = made.done_rows, dict(made.figures)
        if progress is not None:
            progress(done, sum(figures[verdict] for verdict in TAKEN))
        if last is None:
            return figures
        after = last


def _begin(session: Session, import_id: int) -> Import:
    made = session.get(Import, import_id, with_for_update=True)
    if made is None:
        raise NotFound(mark("没有找到这次导入。请从列表里选。"))
    if made.state is ImportState.WAITING:
        raise NotReady(mark("这份名册人多，要请另一位同事确认以后再导入。"))
    if made.state is ImportState.CHECKED:
        made.state = ImportState.IMPORTING
    elif made.state not in {ImportState.IMPORTING, ImportState.IMPORTED}:
        raise NotReady(mark("这份名册还没有核对好，或者已经放弃。请重新上传。"))
    return made


def _batch(session: Session, made: Import, after: int, now: datetime) -> int | None:
    """Take in the next rows after row ``after``; the last one's number, or None."""
    found = select(
        *(ImportRow.id, ImportRow.row_number, ImportRow.identity),
        *(ImportRow.values, ImportRow.member_id),
    ).where(
        ImportRow.import_id == made.id,
        ImportRow.row_number > after,
        ImportRow.verdict.in_(TAKEN),
        ImportRow.values.is_not(None),
    )
    rows = session.execute(found.order_by(ImportRow.row_number).limit(BATCH)).all()
    if not rows:
        return None
    _store(session, made, rows, now)
    last: int = rows[-1].row_number
    _empty(session, made.id, after, last)
    made.done_rows += len(rows)
    return last


def _empty(session: Session, import_id: int, after: int, last: int) -> None:
    session.execute(
        update(ImportRow)
        .where(
            ImportRow.import_id == import_id,
            ImportRow.row_number > after,
            ImportRow.row_number <= last,
        )
        .values(values=None)
        .execution_options(synchronize_session=False)
    )


def _store(
    session: Session,
    made: Import,
    rows: Sequence[Any],
    now: datetime,
) -> None:
    """Insert who is not there and update who is, looked up again at this moment."""
    stored = comparing.known(session, (row.identity for row in rows))
    by_id = _by_id(
        session,
        {
            row.member_id
            for row in rows
            if row.member_id is not None and row.identity not in stored
        },
    )
    new, changed, kept = [], [], []
    for row in rows:
        values = comparing.unpack(row.values)
        before = stored.get(row.identity) or by_id.get(row.member_id)
        if before is None:
            new.append({**fresh(values, row.identity, now), "import_id": made.id})
            new[-1]["legal_basis"] = made.legal_basis
        else:
            news = comparing.changes(values, dict(before), made.legal_basis)
            merged = {**before, **news}
            changed.append({**columns(merged, row.identity), "updated_at": now})
            changed[-1]["id"] = before["id"]
            kept.append({"id": row.id, "before": earlier.pack(dict(before), news, now)})
            kept[-1]["member_id"] = before["id"]
    if new:
        session.execute(insert(table_of(Member)), new)
    if changed:
        session.execute(update(Member), changed)
        session.execute(update(ImportRow), kept)


def _by_id(session: Session, ids: set[int]) -> dict[int | None, RowMapping]:
    if not ids:
        return {}
    keys = session.scalars(select(Member.identity).where(Member.id.in_(ids)))
    return {row["id"]: row for row in comparing.known(session, keys).values()}


def fresh(values: dict[str, Any], identity: bytes, now: datetime) -> dict[str, Any]:
    """The columns of a person who was not on the register, but for the basis."""
    row = {name: values.get(name) for name in comparing.FIELDS}
    row.update({name: bool(values.get(name)) for name in _FLAGS})
    row["status"] = values.get("status") or MemberStatus.ACTIVE
    row["number_status"] = NumberStatus.NORMAL
    return {**columns(row, identity), "created_at": now, "updated_at": now}


def columns(row: dict[str, Any], identity: bytes) -> dict[str, Any]:
    """Add what follows from a person's values: blind indexes and the key's kind."""
    phone, guardian = row["phone"], row["guardian_phone"]
    found = {name: row[name] for name in comparing.FIELDS}
    found["identity"] = identity
    found["provisional"] = row["id_number"] is None
    found["name_index"] = name_index(row["name"])
    found["phone_index"] = privacy.blind("phone", phone) if phone else None
    found["guardian_phone_index"] = (
        privacy.blind("phone", guardian) if guardian else None
    )
    found["number_status"] = row["number_status"]
    if "legal_basis" in row:
        found["legal_basis"] = row["legal_basis"]
    return found


def count_waiting(session: Session) -> int:
    """How many lists wait for a colleague."""
    waiting = select(func.count()).where(Import.state == ImportState.WAITING)
    return session.scalar(waiting) or 0
