"""Taking an import back: who came by it goes, who was changed is as they were.

Whoever something happened to since stays as they are, and the row says why. Each batch
is one transaction: rows without a fate are still to be done, so that repeating does
only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns.errors import NotReady, mark
from campaigns.fieldwork import since
from campaigns.fieldwork.erasing import emptied
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.importing import before, comparing
from campaigns.register.importing.before import Before
from campaigns.register.importing.storing import TAKEN, columns
from campaigns.register.models import Member
from campaigns.vocabulary import ImportState, Undone

BATCH = 1_000
Sessions = Callable[[], AbstractContextManager[Session]]


def undo(sessions: Sessions, import_id: int, *, now: datetime) -> dict[str, int]:
    """Take an agreed import back, each batch in a transaction of ``sessions``.

    Returns how many rows met each fate. Doing it again finishes what was left over.
    Raises NotReady where nobody agreed to it.
    """
    while True:
        with sessions() as session:
            made = session.get_one(Import, import_id, with_for_update=True)
            if made.state not in {ImportState.UNDOING, ImportState.UNDONE}:
                raise NotReady(mark("这次导入没有两个人同意撤销。"))
            if made.state is ImportState.UNDOING and not _batch(session, made, now):
                figures = _count(session, import_id)
                made.figures = {**made.figures, "undone": figures}
                made.state, made.undone_at = ImportState.UNDONE, now
            if made.state is ImportState.UNDONE:
                return dict(made.figures["undone"])


def _batch(session: Session, made: Import, now: datetime) -> int:
    """The next rows; how many there were."""
    found = select(ImportRow.id, ImportRow.identity, ImportRow.before).where(
        ImportRow.import_id == made.id,
        ImportRow.verdict.in_(TAKEN),
        ImportRow.undone.is_(None),
    )
    rows = session.execute(found.order_by(ImportRow.row_number).limit(BATCH)).all()
    if rows:
        _take_back(session, made, rows, now)
        made.done_rows -= len(rows)
    return len(rows)


def _take_back(
    session: Session, made: Import, rows: Sequence[Any], now: datetime
) -> None:
    people = _locked(session, [row.identity for row in rows if row.identity])
    ids = [person.id for person in people.values()]
    happened = since.happened(session, made, ids)
    kept = {row.id: before.unpack(row.before) for row in rows if row.before}
    taken = _taken(session, kept.values())
    went, returned, told = [], {}, []
    for row in rows:
        person, was = people.get(row.identity), kept.get(row.id)
        fate = _fate(made, person, was, happened)
        if was is not None and fate is Undone.RETURNED:
            if was.identity != row.identity and was.identity in taken:
                fate = Undone.LISTED
            else:
                returned[row.identity] = was
        if person is not None and fate is Undone.WENT:
            went.append({"id": person.id, **emptied(person.id, now)})
        told.append({"id": row.id, "undone": fate, "before": None, "identity": None})
    changed = went + _as_they_were(session, returned)
    if changed:
        session.execute(update(Member), changed)
    session.execute(update(ImportRow), told)


def _locked(session: Session, keys: Sequence[bytes]) -> dict[bytes | None, Any]:
    """Who the rows are, held until the transaction ends: nobody changes them beside."""
    facts = Member.id, Member.identity, Member.import_id
    found = (
        select(*facts, Member.created_at, Member.updated_at)
        .where(Member.identity.in_(keys))
        .order_by(Member.id)
        .with_for_update()
    )
    return {person.identity: person for person in session.execute(found)}


def _taken(session: Session, kept: Any) -> set[bytes]:  # noqa: ANN401 - a view
    """Keys of old that somebody bears now."""
    keys = (was.identity for was in kept)
    return set(comparing.known(session, keys, all_columns=False))


def _fate(
    made: Import,
    person: Any,  # noqa: ANN401 - a row of _locked, or None
    was: Before | None,
    happened: since.Happened,
) -> Undone:
    """What becomes of a row's person."""
    if person is None or (was is None and person.import_id != made.id):
        return Undone.MISSING
    if was is None and person.id in happened.in_campaign:
        return Undone.IN_CAMPAIGN
    written = person.created_at if was is None else was.written
    if person.updated_at != written:
        return Undone.CHANGED
    if person.id in happened.listed:
        return Undone.LISTED
    if was is not None:
        return Undone.RETURNED
    return Undone.NOTED if person.id in happened.noted else Undone.WENT


def _as_they_were(
    session: Session, returned: dict[bytes, Before]
) -> list[dict[str, Any]]:
    stored = comparing.known(session, returned)
    return [
        {
            **columns({**stored[key], **was.values}, was.identity),
            "id": stored[key]["id"],
            "updated_at": was.updated_at,
        }
        for key, was in returned.items()
    ]


def _count(session: Session, import_id: int) -> dict[str, int]:
    found = select(ImportRow.undone, func.count()).where(
        ImportRow.import_id == import_id, ImportRow.undone.is_not(None)
    )
    counted = dict(session.execute(found.group_by(ImportRow.undone)).all())
    return {fate.value: counted.get(fate, 0) for fate in Undone}
