"""The pages of one import, each from what the check found."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotReady, mark
from campaigns.register.import_models import Import
from campaigns.register.importing import findings, tidying, undoing
from campaigns.register.importing.headings import FIELDS
from campaigns.register.importing.inspection import CONFIRMED_FROM
from campaigns.register.models import Place
from campaigns.register.sheets import reading
from campaigns.vocabulary import ImportState
from campaigns.words import knows
from outreach import accounts, intake
from outreach.settings import Settings
from outreach.web import downloads
from outreach.web.forms import Typed
from outreach.web.gate import acting, now, wired
from outreach.web.languages import shown_word

_LISTED = 100
_FIRST = 3


def index(db: Session) -> str:
    """Every import, the latest first."""
    rows = list(db.scalars(select(Import).order_by(Import.id.desc()).limit(_LISTED)))
    names = accounts.names_of(db, [row.made_by for row in rows])
    return render_template("imports/index.html", rows=rows, names=names)


def show(db: Session, made: Import) -> str:
    """The page of this import's state."""
    common = {"made": made, "mine": made.made_by == acting().user_id}
    if made.state is ImportState.CHECKING:
        done, total = intake.progress(wired().settings, made.id)
        return render_template("imports/going.html", done=done, total=total, **common)
    if made.state in {ImportState.IMPORTING, ImportState.UNDOING}:
        done, total = made.done_rows, _right(made)
        done = done if made.state is ImportState.IMPORTING else total - done
        return render_template("imports/going.html", done=done, total=total, **common)
    if made.state in {ImportState.FAILED, ImportState.DISCARDED}:
        error = intake.error_of(made)
        return render_template("imports/failed.html", error=error, **common)
    if made.state is ImportState.IMPORTED:
        common["undoable"] = undoing.is_open(db, made, now())
        return render_template("imports/done.html", right=_right(made), **common)
    if made.state is ImportState.UNDONE:
        names = accounts.names_of(db, [made.undo_asked_by, made.undone_by])
        return render_template("imports/undone.html", names=names, **common)
    return _check(db, common, made)


def columns(made: Import, typed: Typed, settings: Settings) -> str:
    """Each column of the file with its first three values, masked."""
    file = intake.folder(settings, made.id) / "file"
    if made.state not in {ImportState.CHECKED, ImportState.WAITING}:
        raise NotReady(mark("这份名册现在不能改列。请重新上传。"))
    with reading.open_table(file) as table:
        rows = tidying.DataRows(table, dict(made.columns), None)
        first = [cells for _number, cells in islice(rows, _FIRST)]
    lines = [
        (index, heading, name, [_masked(name, cells, index) for cells in first])
        for index, (heading, name) in enumerate(made.columns.items())
        if heading
    ]
    options = [(name, shown_word(f"field.{name}")) for name in FIELDS]
    return render_template(
        "imports/columns.html", made=made, lines=lines, options=options, typed=typed
    )


def correction(db: Session, made: Import) -> Response:
    """The workbook to mend, as a download."""
    from campaigns.register.importing import correcting  # noqa: PLC0415 - XlsxWriter

    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.xlsx"
        correcting.correction_workbook(db, made.id, path)
        body = path.read_bytes()
    name = _("修改表-%(n)s.xlsx", n=made.id)
    return downloads.workbook(io.BytesIO(body), name)


def blank() -> Response:
    """The blank workbook, as a download."""
    from campaigns.register.importing import correcting  # noqa: PLC0415 - XlsxWriter

    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.xlsx"
        correcting.blank_workbook(path)
        body = path.read_bytes()
    return downloads.workbook(io.BytesIO(body), _("名册空白表.xlsx"))


def _check(db: Session, common: dict[str, Any], made: Import) -> str:
    return render_template(
        "imports/check.html",
        problems=findings.problems(db, made.id),
        changes=findings.changes(db, made.id),
        places=dict(db.execute(select(Place.code, Place.name)).all()),
        right=_right(made),
        shown=_shown,
        limit=CONFIRMED_FROM,
        maker=accounts.names_of(db, [made.made_by]).get(made.made_by or 0, ""),
        **common,
    )


def _right(made: Import) -> int:
    return int(made.figures.get("new", 0)) + int(made.figures.get("changed", 0))


def _shown(name: str, value: str, places: dict[str, str]) -> str:
    """A value of the register in words."""
    if name in {"township", "village"}:
        return places.get(value, value)
    kinds = {"sex": "sex", "status": "member", "legal_basis": "basis"}
    if name in kinds and knows(f"{kinds[name]}.{value}"):
        return shown_word(f"{kinds[name]}.{value}")
    return {"True": _("是"), "False": _("否")}.get(value, value)


def _masked(name: str, cells: Any, index: int) -> str:  # noqa: ANN401
    value = cells[index] if index < len(cells) else ""
    return findings.mask(name, value)
