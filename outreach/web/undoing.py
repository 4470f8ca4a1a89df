"""Taking an import back: one colleague asks with a reason, another agrees."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register import importing
from campaigns.register.importing import undoing
from outreach import accounts
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted
from outreach.web.nudging import nudge

bp = Blueprint("undoing", __name__, url_prefix="/register/imports")
_WRONG = 422


@bp.get("/<int:import_id>/undo")
@needs(Action.ROLL_BACK_IMPORT)
def show(import_id: int) -> str:
    """What would go and what stays, and why; or the second person's buttons."""
    return _page(import_id, Typed())


@bp.post("/<int:import_id>/undo")
@needs(Action.ROLL_BACK_IMPORT)
def ask(import_id: int) -> Response | tuple[str, int]:
    """Write down why; nothing changes yet."""
    typed = Typed()
    with typed.catching("reason"), writing() as db:
        me, words = acting().user_id, typed["reason"]
        undoing.ask(db, import_id, reason=words, by=me, now=now())
        noted(db, "ask_undo_import", f"import:{import_id}")
    if not typed:
        return _page(import_id, typed), _WRONG
    flash(_("记下了，请另一位同事同意。"), "good")
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/<int:import_id>/undo/agree")
@needs(Action.ROLL_BACK_IMPORT)
def agree(import_id: int) -> Response:
    """Have it taken back, never by whoever asked."""
    with writing() as db:
        undoing.agree(db, import_id, by=acting().user_id, now=now())
        noted(db, "undo_import", f"import:{import_id}")
    nudge("importing.undo", import_id)
    return redirect(url_for("imports.show", import_id=import_id), 303)


@bp.post("/<int:import_id>/undo/drop")
@needs(Action.ROLL_BACK_IMPORT)
def drop(import_id: int) -> Response:
    """Leave it as it is."""
    with writing() as db:
        undoing.drop(db, import_id)
        noted(db, "drop_undo_import", f"import:{import_id}")
    flash(_("没有撤销，名册没有变。"), "good")
    return redirect(url_for("imports.show", import_id=import_id), 303)


def _page(import_id: int, typed: Typed) -> str:
    with reading() as db:
        made = importing.get_import(db, import_id)
        facts = {
            "names": accounts.names_of(db, [made.undo_asked_by]),
            "can": undoing.is_open(db, made, now()),
            "until": undoing.until(db, made),
        }
    page = "imports/undo.html"
    return render_template(page, made=made, typed=typed, errors=typed.errors, **facts)
