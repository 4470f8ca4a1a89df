"""The small office: what becomes of the rule of two people where there is only one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register.unit import LONE_HOURS, current_unit, save_unit
from outreach import granting
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import needs, reading, writing
from outreach.web.noting import noted

bp = Blueprint("small_office", __name__, url_prefix="/accounts/small-office")
_WRONG = 422
_USUAL = 24


@bp.get("")
@needs(Action.SET_SMALL_OFFICE)
def show() -> str:
    """The rule, the ways round an absent colleague, and the setting."""
    with reading() as db:
        unit = current_unit(db)
    hours = unit.lone_hold_hours
    return _page(Typed(hours=hours or _USUAL), on=bool(hours))


@bp.post("")
@needs(Action.SET_SMALL_OFFICE)
def save() -> Response | tuple[str, int]:
    """Keep it; that one person may decide stands in the record of deeds."""
    typed = Typed()
    on = typed.ticked("small_office")
    hours = typed.number("hours", LONE_HOURS, _("请填 4 到 72 小时。"))
    if not typed:
        return _page(typed, on=on), _WRONG
    with writing() as db:
        save_unit(db, lone_hold_hours=hours if on else 0)
        noted(db, "set_small_office", on=on, hours=hours)
    flash(_("已保存。审计员在操作记录里看得到。"), "good")
    return redirect(url_for("small_office.show"), 303)


def _page(typed: Typed, *, on: bool) -> str:
    with reading() as db:
        people = granting.coordinators(db)
    return render_template(
        "accounts/small_office.html",
        typed=typed,
        errors=typed.errors,
        on=on,
        people=people,
    )
