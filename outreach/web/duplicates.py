"""Who may be on the register twice: side by side, and what the coordinator says."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register import duplicates
from outreach.access import Action, scope
from outreach.web import register_lists
from outreach.web.forms import asked_id
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("duplicates", __name__, url_prefix="/register/duplicates")


@bp.get("")
@needs(Action.MERGE_MEMBERS)
def index() -> str:
    """Fifty pairs a page, masked."""
    after = asked_id("after") or 0, asked_id("and") or 0
    with reading() as db:
        found = duplicates.find_pairs(db, scope(acting()), after)
        names = register_lists.names(db, *(it for pair in found.pairs for it in pair))
        first = url_for("duplicates.index") if any(after) else None
        page = "register/duplicates.html"
        return render_template(page, found=found, names=names, first=first)


@bp.post("/<int:one>/<int:two>/apart")
@needs(Action.MERGE_MEMBERS)
def apart(one: int, two: int) -> Response:
    """Different people: they do not come back."""
    with writing() as db:
        first, second = duplicates.get_pair(db, scope(acting()), one, two)
        me = acting().user_id
        duplicates.tell_apart(db, first, second, by=me, now=now())
        noted(db, "tell_apart", f"member:{first.id}", other=second.id)
    flash(_("已记下：不是同一人。这一对不会再列出来。"), "good")
    return redirect(url_for("duplicates.index"), 303)
