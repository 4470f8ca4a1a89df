"""Bringing a roster in: choose, match columns, check, let in, see the result."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.register import importing
from campaigns.register.import_models import Import
from campaigns.register.importing import findings
from campaigns.register.importing.headings import FIELDS
from campaigns.vocabulary import ImportState, LegalBasis
from outreach import audit, intake
from outreach.access import Action
from outreach.web import import_pages
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.nudging import nudge

bp = Blueprint("imports", __name__, url_prefix="/register/imports")
_WRONG = 422


@bp.get("")
@needs(Action.CHECK_IMPORT)
def index() -> str:
    """Every list brought in, the latest first."""
    with reading() as db:
        return import_pages.index(db)


@bp.get("/new")
@needs(Action.CHECK_IMPORT)
def new() -> str:
    """Which file, where it comes from, and why these people may be written to."""
    typed = Typed(legal_basis=LegalBasis.STATUTORY)
    return render_template("imports/new.html", typed=typed, errors={})


@bp.post("/new")
@needs(Action.CHECK_IMPORT)
def upload() -> Response | tuple[str, int]:
    """Keep the file and have it checked; nothing enters the register yet."""
    typed = Typed()
    file = request.files.get("file")
    source = typed.text("source", longest=120)
    basis = typed.choice("legal_basis", list(LegalBasis), _("请选一个联系依据。"))
    if file is None or not file.filename:
        typed.wrong("file", _("还没有选文件。请选一份 .xlsx、.xls、.ods 或 .csv。"))
    if not typed or file is None:
        page = render_template("imports/new.html", typed=typed, errors=typed.errors)
        return page, _WRONG
    with writing() as db:
        made = intake.receive(
            db,
            wired().settings,
            file.stream,
            file_name=file.filename or "",
            legal_basis=LegalBasis(basis),
            source=source,
            by=acting().user_id,
            now=now(),
        )
        _note(db, "check_import", made)
    nudge("importing.check", made.id)
    return redirect(url_for("imports.show", import_id=made.id), 303)


@bp.get("/<int:import_id>")
@needs(Action.CHECK_IMPORT)
def show(import_id: int) -> str | Response:
    """Where this import stands: checking, to decide, going in, done."""
    with reading() as db:
        made = importing.get_import(db, import_id)
        _remind(made)
        if made.state is ImportState.CHECKED and findings.unmatched(made):
            return redirect(url_for("imports.columns", import_id=import_id))
        return import_pages.show(db, made)


@bp.get("/<int:import_id>/columns")
@needs(Action.CHECK_IMPORT)
def columns(import_id: int) -> str:
    """Each column with its first values, masked, and the meaning we guess."""
    with reading() as db:
        made = importing.get_import(db, import_id)
    return import_pages.columns(made, Typed(), wired().settings)


@bp.post("/<int:import_id>/columns")
@needs(Action.CHECK_IMPORT)
def match(import_id: int) -> Response:
    """Check once more with the meanings a person chose."""
    typed = Typed()
    with writing() as db:
        made = importing.get_import(db, import_id)
        chosen = {
            heading: typed[f"column-{index}"] or intake.LEFT_OUT
            for index, heading in enumerate(made.columns)
            if typed[f"column-{index}"] in {*FIELDS, ""}
        }
        intake.again(db, import_id, chosen)
        _note(db, "check_import", made)
    nudge("importing.check", import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/<int:import_id>/take-in")
@needs(Action.TAKE_IN_IMPORT)
def take_in(import_id: int) -> Response:
    """Let the right rows in."""
    with writing() as db:
        made = importing.get_import(db, import_id)
        intake.start(db, made)
        _note(db, "take_in_import", made)
    nudge("importing.take_in", import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/<int:import_id>/confirm")
@needs(Action.TAKE_IN_IMPORT)
def confirm(import_id: int) -> Response:
    """A colleague lets a long list in."""
    with writing() as db:
        made = importing.confirm(db, import_id, acting().user_id, now())
        intake.start(db, made)
        _note(db, "confirm_import", made)
    nudge("importing.take_in", import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/<int:import_id>/discard")
@needs(Action.CHECK_IMPORT)
def discard(import_id: int) -> Response:
    """Forget the list; nothing of it is in the register."""
    with writing() as db:
        made = intake.discard(db, wired().settings, import_id)
        _note(db, "discard_import", made)
    flash(_("这份名册已放弃，名册没有变。"), "good")
    return redirect(url_for("imports.index"), 303)


@bp.get("/<int:import_id>/correction")
@needs(Action.CHECK_IMPORT)
def correction(import_id: int) -> Response:
    """The workbook to mend: only wrong rows, each wrong cell marked and explained."""
    with writing() as db:
        made = importing.get_import(db, import_id)
        _note(db, "download_correction", made)
        return import_pages.correction(db, made)


@bp.get("/blank")
@needs(Action.CHECK_IMPORT)
def blank() -> Response:
    """An empty workbook with our headings."""
    return import_pages.blank()


def _remind(made: Import) -> None:
    """Hint again where nobody is at work: the first hint may have been lost."""
    if made.state is ImportState.CHECKING and intake.idle(wired().settings, made.id):
        nudge("importing.check", made.id)
    if made.state is ImportState.IMPORTING:
        nudge("importing.take_in", made.id)
    if made.state is ImportState.UNDOING:
        nudge("importing.undo", made.id)


def _note(db: Session, deed: str, made: Import) -> None:
    me = acting()
    audit.note(
        db,
        deed,
        f"import:{made.id}",
        user_id=me.user_id,
        role=me.role or "",
        details={"rows": made.figures.get("rows", 0)},
        now=now(),
    )
