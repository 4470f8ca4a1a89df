"""Taking a list of people out: masked by whoever may see them, whole by two."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.reporting.people_list import write_people
from campaigns.reporting.sheets import Heading
from outreach import accounts, exports
from outreach.access import Action, may, scope
from outreach.exports import Export
from outreach.web import downloads
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import language, shown_word
from outreach.web.noting import noted

bp = Blueprint("exports", __name__, url_prefix="/register/exports")
_WRONG = 422


@bp.get("")
@needs(Action.EXPORT_MASKED)
def index() -> str:
    """One's own lists, and those that wait for a second person."""
    with reading() as db:
        return _page(db, Typed())


@bp.post("/masked")
@needs(Action.EXPORT_MASKED)
def masked() -> Answer | tuple[str, int]:
    """A list with names and numbers masked."""
    return _begin(Action.EXPORT_MASKED, unmasked=False)


@bp.post("/whole")
@needs(Action.EXPORT_UNMASKED)
def whole() -> Answer | tuple[str, int]:
    """A list without masks, with the reason; a long one waits for a colleague."""
    return _begin(Action.EXPORT_UNMASKED, unmasked=True)


@bp.post("/<int:export_id>/agree")
@needs(Action.EXPORT_UNMASKED)
def agree(export_id: int) -> Answer:
    """Let a colleague take it out."""
    with writing() as db:
        made = exports.agree(db, export_id, by=acting().user_id, now=now())
        noted(db, "agree_export", f"export:{export_id}", people=made.people)
    flash(_("同意了，提出的人可以下载。"), "good")
    return redirect(url_for("exports.index"), 303)


@bp.post("/<int:export_id>/take-masked")
@needs(Action.EXPORT_MASKED)
def take_masked(export_id: int) -> Response:
    """The file, once, for whoever asked for it."""
    return _take(export_id, unmasked=False)


@bp.post("/<int:export_id>/take-whole")
@needs(Action.EXPORT_UNMASKED)
def take_whole(export_id: int) -> Response:
    """The file without masks, once, for whoever asked for it."""
    return _take(export_id, unmasked=True)


def _take(export_id: int, *, unmasked: bool) -> Response:
    settings, me = wired().settings, acting().user_id
    with writing() as db:
        made = exports.take(db, export_id, unmasked=unmasked, by=me, now=now())
        path = exports.path_of(settings, made)
        try:
            people = _write(db, made, path)
            content = BytesIO(path.read_bytes())
        finally:
            path.unlink(missing_ok=True)
        noted(db, "take_export", f"export:{export_id}", people=people)
    name = f"E-{made.id}.xlsx"
    return downloads.workbook(content, name)


def _begin(action: Action, *, unmasked: bool) -> Answer | tuple[str, int]:
    typed = Typed()
    with typed.catching("reason"), writing() as db:
        made = exports.begin(
            db,
            scope(acting(), action),
            unmasked=unmasked,
            reason=typed["reason"],
            language=language(),
            by=acting().user_id,
            now=now(),
        )
        told = {"people": made.people, "unmasked": unmasked}
        noted(db, "ask_export", f"export:{made.id}", **told)
    if not typed:
        with reading() as db:
            return _page(db, typed), _WRONG
    flash(
        _("超过 500 人，请另一位同事同意。") if made.waits else _("可以下载了。"),
        "good",
    )
    return redirect(url_for("exports.index"), 303)


def _page(db: Session, typed: Typed) -> str:
    moment = now()
    waiting = (
        exports.waiting(db, moment) if may(acting(), Action.EXPORT_UNMASKED) else ()
    )
    return render_template(
        "register/exports.html",
        mine=exports.mine(db, acting().user_id),
        waiting=waiting,
        names=accounts.names_of(db, [one.made_by for one in waiting]),
        alone=exports.ALONE,
        moment_now=moment,
        typed=typed,
        errors=typed.errors,
    )


def _write(db: Session, made: Export, path: Path) -> int:
    unit = current_unit(db)
    heading = Heading(
        shown_word("nav.register"),
        unit.name,
        "",
        made.language,
        mark=exports.watermark(db, made),
    )
    return write_people(
        db,
        made.scope,
        path,
        whole=made.unmasked,
        with_category=may(acting(), Action.SEE_CATEGORY),
        names=names_by_code(db, unit.place_code),
        heading=heading,
    )
