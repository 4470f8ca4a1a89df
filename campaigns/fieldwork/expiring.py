"""What was kept long enough goes: in short batches, the oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.models import Attempt, Receipt, Reply
from campaigns.delivery.trials import Trial
from campaigns.fieldwork.erasing import forget, is_awaited
from campaigns.register import erasures
from campaigns.register.erasures import Erasure
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.keeping import until
from campaigns.register.models import Member
from campaigns.vocabulary import ImportState, MemberStatus

BATCH = 2000
_FEW = 200
_STAYS = (MemberStatus.ACTIVE, MemberStatus.ERASED, MemberStatus.MERGED)
"""The second row of one person goes with the row that was kept."""
_UNUSED = (ImportState.CHECKED, ImportState.WAITING)
_ENDED = (ImportState.IMPORTED, ImportState.UNDONE)


def expire(session: Session, now: datetime) -> dict[str, int]:
    """A batch of each kind; returns how many rows went, without the kinds of none."""
    gone = {
        "receipts": _oldest(session, Receipt, Receipt.received_at, now, "receipts"),
        "attempts": _oldest(session, Attempt, Attempt.at, now, "attempts"),
        "trials": _oldest(session, Trial, Trial.asked_at, now, "gone"),
        "replies": _replies(session, now),
        "uploads": _uploads(session, now),
    }
    return {kind: n for kind, n in gone.items() if n}


def unused_imports(session: Session, now: datetime) -> list[int]:
    """Lists that were checked and never taken in; their files are still there."""
    old = Import.made_at < until(session, "uploads", now)
    found = select(Import.id).where(old, Import.state.in_(_UNUSED))
    return list(session.scalars(found.limit(_FEW)))


def forget_gone(session: Session, now: datetime) -> list[Erasure]:
    """Forget people who left the register long enough ago, unless somebody is owed."""
    left = (
        select(Member)
        .where(
            Member.status.not_in(_STAYS),
            Member.updated_at < until(session, "gone", now),
        )
        .order_by(Member.id)
        .limit(_FEW)
    )
    done = []
    for member in session.scalars(left):
        if is_awaited(session, member.id):
            continue
        wish = erasures.add(session, member, evidence=None, by=None, now=now)
        done += [wish, *forget(session, member, now)]
        wish.done_at = now
    session.flush()
    return done


def _oldest(
    session: Session,
    table: Any,  # noqa: ANN401 - a table with an id
    moment: Any,  # noqa: ANN401 - its column
    now: datetime,
    kind: str,
) -> int:
    """The first rows by id: these are the oldest, and looking at no more is cheap."""
    first = select(table.id).order_by(table.id).limit(BATCH).scalar_subquery()
    old = delete(table).where(table.id.in_(first), moment < until(session, kind, now))
    return _rows(session, old)


def _replies(session: Session, now: datetime) -> int:
    """The words go and the row stays: it is evidence that somebody was contacted."""
    old = (
        select(Reply.id)
        .where(
            Reply.closed_at.is_not(None),
            Reply.received_at < until(session, "replies", now),
            Reply.emptied_at.is_(None),
        )
        .order_by(Reply.id)
        .limit(BATCH)
        .scalar_subquery()
    )
    emptied = {"text": "", "phone": "", "outcome": None, "emptied_at": now}
    return _rows(session, update(Reply).where(Reply.id.in_(old)).values(emptied))


def _uploads(session: Session, now: datetime) -> int:
    """What rows of old lists held and wrote over; problems name no person and stay."""
    old = select(Import.id).where(
        Import.made_at < until(session, "uploads", now),
        Import.state.in_(_ENDED),
    )
    contents = ImportRow.raw, ImportRow.values, ImportRow.before
    kept = or_(*(column.is_not(None) for column in contents))
    some = (
        select(ImportRow.id)
        .where(ImportRow.import_id.in_(old), kept)
        .limit(BATCH)
        .scalar_subquery()
    )
    emptied = dict.fromkeys(("raw", "values", "before", "identity"))
    return _rows(
        session, update(ImportRow).where(ImportRow.id.in_(some)).values(emptied)
    )


def _rows(session: Session, statement: Any) -> int:  # noqa: ANN401
    done: Any = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)
