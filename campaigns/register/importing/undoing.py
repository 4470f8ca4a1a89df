"""Whether an import is taken back: asked for by one person, agreed to by another."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from campaigns.errors import NotAllowed, NotReady, Refused, Stale, mark
from campaigns.register import keeping
from campaigns.register.import_models import Import
from campaigns.register.importing.storing import TAKEN, get_import
from campaigns.vocabulary import ImportState


def until(session: Session, made: Import) -> datetime:
    """Up to when it can be taken back: what it wrote over is kept no longer."""
    days = keeping.all_kinds(session)["uploads"].days
    return made.made_at + timedelta(days=days)


def is_open(session: Session, made: Import, now: datetime) -> bool:
    """Whether it can be taken back: it went in, changed somebody, and not long ago."""
    touched = any(made.figures.get(verdict) for verdict in TAKEN)
    went_in = made.state is ImportState.IMPORTED
    return went_in and touched and now < until(session, made)


def ask(
    session: Session, import_id: int, *, reason: str, by: int | None, now: datetime
) -> Import:
    """Ask that an import be taken back.

    Raises Refused without a reason, NotReady where it cannot be, Stale where somebody
    asked before.
    """
    made = _locked(session, import_id)
    _demand_open(session, made, now)
    if made.undo_asked_by is not None:
        raise Stale(mark("已经有人提出撤销这次导入，等另一位同事同意。"))
    if not reason.strip():
        raise Refused(mark("请写为什么要撤销，让另一位同事看得明白。"))
    made.undo_reason, made.undo_asked_by = reason.strip(), by
    made.undo_asked_at = now
    session.flush()
    return made


def agree(session: Session, import_id: int, *, by: int | None, now: datetime) -> Import:
    """A second person's consent; the work itself is a worker's.

    Raises NotAllowed for whoever asked, Stale where nobody asks any more, NotReady.
    """
    made = _asked(session, import_id)
    if made.undo_asked_by == by:
        raise NotAllowed(mark("撤销是您提出的，要请另一位同事同意。"))
    _demand_open(session, made, now)
    made.state, made.undone_by = ImportState.UNDOING, by
    session.flush()
    return made


def drop(session: Session, import_id: int) -> Import:
    """Leave the import as it is. Raises Stale where nobody asks any more."""
    made = _asked(session, import_id)
    made.undo_reason = made.undo_asked_by = made.undo_asked_at = None
    session.flush()
    return made


def waiting(by: int | None) -> Select[int]:
    """Numbers of the imports that others ask ``by`` to take back."""
    return select(Import.id).where(
        Import.state == ImportState.IMPORTED,
        Import.undo_asked_by.is_not(None),
        Import.undo_asked_by.is_distinct_from(by),
    )


def _locked(session: Session, import_id: int) -> Import:
    get_import(session, import_id)
    return session.get_one(Import, import_id, with_for_update=True)


def _asked(session: Session, import_id: int) -> Import:
    made = _locked(session, import_id)
    if made.undo_asked_by is None or made.state is not ImportState.IMPORTED:
        raise Stale(mark("没有等同意的撤销，可能已经有人办了。"))
    return made


def _demand_open(session: Session, made: Import, now: datetime) -> None:
    if not is_open(session, made, now):
        raise NotReady(
            mark(
                "这次导入不能撤销：没有改动名册，已经撤销，或者过了保存原内容的期限。"
            ),
            mark("请逐个打开人员修改，或上传一份更正的名册。"),
        )
