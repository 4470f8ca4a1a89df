"""A roster's file between its upload and the register: kept, checked, wiped."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.errors import CampaignError, NotReady, mark
from campaigns.fieldwork import undoing
from campaigns.register import importing
from campaigns.register.import_models import Import
from campaigns.register.importing import findings
from campaigns.vocabulary import ImportState, LegalBasis
from outreach.disk import demand_room
from outreach.segment_sizes import keep_sizes
from outreach.settings import Settings
from outreach.wiring import Wiring

_log = logging.getLogger(__name__)
LEFT_OUT = "ignore"
"""The meaning of a column that is not taken in."""

_AT_ONCE = 5
"""Files of one person that may wait for their check."""

_ALIVE = 60.0
"""Seconds after which a check that reports no progress counts as dead."""


def folder(settings: Settings, import_id: int) -> Path:
    """Where an import's file lies; its name is ours, never the user's."""
    return settings.data_dir.resolve() / "uploads" / str(import_id)


def receive(  # noqa: PLR0913 - what the form holds
    session: Session,
    settings: Settings,
    stream: IO[bytes],
    *,
    file_name: str,
    legal_basis: LegalBasis,
    source: str,
    by: int,
    now: datetime,
) -> Import:
    """Keep an uploaded file, for its owner's eyes only, until it is imported.

    Raises NotReady while as many of the same person's are still being checked.
    """
    _refuse_many(session, by)
    waiting = settings.data_dir.resolve() / "uploads" / f"new-{time.time_ns()}"
    waiting.mkdir(parents=True, mode=0o700)
    with (waiting / "file").open("wb") as kept:
        shutil.copyfileobj(stream, kept)
    made = importing.begin(
        session,
        waiting / "file",
        file_name=file_name,
        legal_basis=legal_basis,
        source=source,
        made_by=by,
        now=now,
    )
    wipe(settings, made.id)
    waiting.rename(folder(settings, made.id))
    return made


def _refuse_many(session: Session, by: int) -> None:
    mine = Import.made_by == by, Import.state == ImportState.CHECKING
    n = session.scalar(select(func.count()).select_from(Import).where(*mine)) or 0
    if n >= _AT_ONCE:
        raise NotReady(
            mark("您有 %(n)s 份名册正在检查。请等检查完，再上传下一份。"), n=n
        )


def check(wiring: Wiring, import_id: int) -> None:
    """Check the file; what cannot be read is written down as a sentence."""
    place = folder(wiring.settings, import_id)
    if not _claim(place / "busy"):
        return
    try:
        demand_room(wiring.settings.data_dir)
        with wiring.database.writing() as session:
            _check(session, wiring, import_id, place)
    except CampaignError as error:
        with wiring.database.writing() as session:
            made = importing.get_import(session, import_id)
            made.state, made.error = ImportState.FAILED, _packed(error)
        wipe(wiring.settings, import_id)
    finally:
        (place / "busy").unlink(missing_ok=True)


def start(session: Session, made: Import) -> None:
    """Say that the right rows are going in; the work itself is the worker's.

    Raises NotReady where the import is in another state.
    """
    if made.state is not ImportState.CHECKED:
        raise NotReady(mark("这份名册现在不能导入：还没有核对好，或者已经处理过了。"))
    made.state = ImportState.IMPORTING
    session.flush()


def take_in(wiring: Wiring, import_id: int) -> None:
    """Take in the right rows, wipe the file, and count the segments anew."""
    importing.take_in(wiring.database.writing, import_id, now=wiring.clock())
    wipe(wiring.settings, import_id)
    keep_sizes(wiring)


def undo(wiring: Wiring, import_id: int) -> None:
    """Take back what two people agreed to take back, and count the segments anew."""
    undoing.undo(wiring.database.writing, import_id, now=wiring.clock())
    keep_sizes(wiring)


def discard(session: Session, settings: Settings, import_id: int) -> Import:
    """Forget a checked list, with its file."""
    made = importing.discard(session, import_id)
    wipe(settings, import_id)
    return made


def wipe(settings: Settings, import_id: int) -> None:
    """Remove an import's file; it holds personal data."""
    shutil.rmtree(folder(settings, import_id), ignore_errors=True)


def again(session: Session, import_id: int, columns: dict[str, str]) -> Import:
    """Check once more, with what a person said that the columns mean."""
    made = importing.get_import(session, import_id)
    made.columns, made.matched = columns, True
    made.state = ImportState.CHECKING
    session.flush()
    return made


def progress(settings: Settings, import_id: int) -> tuple[int, int]:
    """Rows checked and rows expected so far; 0 of 0 before the first batch."""
    try:
        text = (folder(settings, import_id) / "busy").read_text()
        done, total = text.split() or ("0", "0")
    except (OSError, ValueError):
        return 0, 0
    return int(done), int(total)


def idle(settings: Settings, import_id: int) -> bool:
    """Whether nobody is at work on this file."""
    return not _fresh(folder(settings, import_id) / "busy")


def error_of(made: Import) -> CampaignError | None:
    """Why the file could not be read, as the error that was raised."""
    if not made.error:
        return None
    kept = json.loads(made.error)
    return CampaignError(kept["sentence"], kept["mend"], **kept["values"])


def _check(session: Session, wiring: Wiring, import_id: int, place: Path) -> None:
    made = importing.get_import(session, import_id)
    if made.state is not ImportState.CHECKING:
        return
    chosen = dict(made.columns) or findings.remembered(session)
    importing.check_file(
        session,
        place / "file",
        file_name=made.file_name,
        legal_basis=made.legal_basis,
        source=made.source,
        made_by=made.made_by,
        now=wiring.clock(),
        columns=chosen,
        begun=made,
        progress=_reporter(place / "busy"),
    )
    # A column that a person left out is answered, and not asked about again.
    left_out = {name for name, field in chosen.items() if field == LEFT_OUT}
    made.columns = {
        name: field or (LEFT_OUT if name in left_out else "")
        for name, field in made.columns.items()
    }


def _reporter(busy: Path) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        # A file, not a row: the check's transaction is still open.
        busy.write_text(f"{done} {total}")

    return report


def _claim(busy: Path) -> bool:
    if not busy.parent.is_dir() or _fresh(busy):
        return False
    busy.unlink(missing_ok=True)
    try:
        busy.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _fresh(busy: Path) -> bool:
    try:
        return time.time() - busy.stat().st_mtime < _ALIVE
    except OSError:
        return False


def _packed(error: CampaignError) -> str:
    facts = {"sentence": error.sentence, "mend": error.mend, "values": error.values}
    return json.dumps(facts, ensure_ascii=False, default=str)
