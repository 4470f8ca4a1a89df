"""From an empty database to the first campaign, one step after the other."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register.places import shipped_counties
from outreach import access, audit, beginning
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.frame import unit
from outreach.web.gate import acting, needs, now, reading, writing

bp = Blueprint("start", __name__, url_prefix="/start")
_WRONG = 422
_COUNTY_DIGITS = 6
_PRICE = range(1, 1000)


@bp.get("")
@needs(Action.SET_UP)
def show() -> str:
    """The steps, each with its state; their order is advice, not a lock."""
    with reading() as db:
        steps = beginning.steps(db)
    who = [access.roles_for(step.action)[0] for step in steps]
    return render_template("start/show.html", steps=steps, who=who)


@bp.get("/unit")
@needs(Action.SET_UP)
def unit_form() -> str:
    """County, name, signature and numbers of the unit."""
    known = unit()
    counties = dict(shipped_counties())
    county = acting().place[:_COUNTY_DIGITS]
    name = f"{counties[county]}残联" if county in counties else ""
    typed = Typed(county=county, name=name, signature=name, part_price="49")
    if known is not None:
        columns = ("name", "signature", "landline", "text_phone", "part_price")
        values = {column: getattr(known, column) for column in columns}
        typed = Typed(county=known.place_code, **values)
    return _form(typed)


@bp.post("/unit")
@needs(Action.SET_UP)
def save_unit() -> Response | tuple[str, int]:
    """Keep the unit, bring in the county's places, make the standard segments."""
    typed = Typed()
    county = typed.choice("county", dict(shipped_counties()), _("请选一个县。"))
    values = {
        "name": typed.text("name", _("请填单位名称。"), longest=60),
        "signature": typed.text("signature", _("请填短信签名。"), longest=20),
        "landline": typed.text("landline", _("请填咨询电话。"), longest=20),
        "text_phone": typed.text("text_phone", longest=20),
        "part_price": typed.number("part_price", _PRICE, _("请填单价，单位是厘。")),
    }
    if typed:
        with typed.catching("signature"), writing() as db:
            beginning.begin(db, county, now=now(), **values)
            me = acting()
            audit.note(db, "set_up", user_id=me.user_id, role=me.role or "", now=now())
    if not typed:
        return _form(typed), _WRONG
    flash(_("单位已设好，地名和标准人群也准备好了。"), "good")
    return redirect("/start", 303)


def _form(typed: Typed) -> str:
    return render_template(
        "start/unit.html",
        typed=typed,
        errors=typed.errors,
        counties=shipped_counties(),
    )
