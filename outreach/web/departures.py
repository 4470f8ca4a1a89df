"""Who is said to have died or moved: the county confirms it, or puts it right."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.fieldwork.leaving import come_back
from campaigns.fieldwork.visiting import reopen
from campaigns.register import departures
from outreach import accounts
from outreach.access import Action, scope
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("departures", __name__, url_prefix="/register/departures")


@bp.get("")
@needs(Action.EDIT_MEMBER)
def index() -> str:
    """What waits, with its evidence."""
    with reading() as db:
        rows = departures.waiting(db, scope(acting()))
        reporters = accounts.names_of(db, [it.reported_by for it, _member in rows])
    return render_template("register/departures.html", rows=rows, names=reporters)


@bp.post("/<int:departure_id>/confirm")
@needs(Action.EDIT_MEMBER)
def confirm(departure_id: int) -> Response:
    """The papers say so too."""
    with writing() as db:
        found = departures.get_departure(db, scope(acting()), departure_id)
        departures.confirm(db, found, by=acting().user_id, now=now())
        noted(db, "confirm_departure", f"member:{found.member_id}")
    flash(_("已确认。残疾人证请按规定办理注销或迁移。"), "good")
    return redirect(url_for("departures.index"), 303)


@bp.post("/<int:departure_id>/undo")
@needs(Action.EDIT_MEMBER)
def undo(departure_id: int) -> Response:
    """It was not so: back on the register, and somebody goes again."""
    with writing() as db:
        found = departures.get_departure(db, scope(acting()), departure_id)
        member = come_back(db, found, by=acting().user_id, now=now())
        reopen(db, member.id, by=acting().user_id, now=now())
        noted(db, "undo_departure", f"member:{member.id}")
    flash(_("已恢复在册，走访也重新打开了。"), "good")
    return redirect(url_for("departures.index"), 303)
