"""The list of refusals, recording one by number, lifting one with a second person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns import privacy
from campaigns.register import optouts
from campaigns.register.phones import read_phone
from outreach import accounts
from outreach.access import Action, scope
from outreach.accounts import Role
from outreach.web import register_lists
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("refusals", __name__, url_prefix="/register/refusals")
_WRONG = 422


@bp.get("")
@needs(Action.RECORD_REFUSAL)
def index() -> str:
    """Refusals of people within scope, the newest first, lifted ones too."""
    everybody = acting().role is Role.COORDINATOR
    with reading() as db:
        rows = register_lists.refusals(db, None if everybody else scope(acting()))
        names = accounts.names_of(db, [refusal.recorded_by for refusal, _m in rows])
    return render_template("refusals/index.html", rows=rows, names=names)


@bp.get("/new")
@needs(Action.RECORD_REFUSAL)
def new() -> str:
    """The form: a number, what it refuses, and how that was said."""
    typed = Typed(scope="tips", source="phone")
    return render_template("refusals/new.html", typed=typed, errors={})


@bp.post("/new")
@needs(Action.RECORD_REFUSAL)
def record() -> Response | tuple[str, int]:
    """Record it; the page never says whether the number is on the register."""
    typed = Typed()
    source = typed.choice("source", register_lists.SOURCES, _("请选来源。"))
    with typed.catching("phone"), writing() as db:
        optouts.record_refusal(
            db,
            phone_index=privacy.blind("phone", read_phone(typed["phone"])),
            scope=typed["scope"],
            source=source,
            evidence=typed.text("evidence") or None,
            recorded_by=acting().user_id,
            now=now(),
        )
        noted(db, "record_refusal")
    if not typed:
        form = render_template("refusals/new.html", typed=typed, errors=typed.errors)
        return form, _WRONG
    flash(_("拒收已登记，现在就算数。台风、洪水等紧急提示仍会发。"), "good")
    return redirect(url_for("refusals.index"), 303)


@bp.post("/<int:refusal_id>/lift")
@needs(Action.LIFT_REFUSAL)
def lift(refusal_id: int) -> Response:
    """End a refusal at the person's wish; never by whoever recorded it."""
    with writing() as db:
        optouts.lift(db, refusal_id, by=acting().user_id, now=now())
        noted(db, "lift_refusal", f"refusal:{refusal_id}")
    flash(_("拒收已解除。"), "good")
    return redirect(url_for("refusals.index"), 303)
