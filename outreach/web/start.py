"""From an empty database to the first campaign, one step after the other."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register.counties import find_county, known_counties
from outreach import access, audit, beginning, practice
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.frame import unit
from outreach.web.gate import acting, needs, now, reading, writing

bp = Blueprint("start", __name__, url_prefix="/start")
_PAGE = "start/unit.html"
_WRONG = 422
_COUNTY_DIGITS = 6
_PRICE = range(1, 1000)


@bp.get("")
@needs(Action.SET_UP)
def show() -> str:
    """The steps, each with its state; their order is advice, not a lock."""
    with reading() as db:
        steps = beginning.steps(db)
        first = beginning.first_released(db)
        can_practise = unit() is not None and practice.possible(db)
    who = [access.roles_for(step.action)[0] for step in steps]
    return render_template(
        "start/show.html",
        steps=steps,
        who=who,
        first_released=first,
        can_practise=can_practise,
    )


@bp.get("/unit")
@needs(Action.SET_UP)
def unit_form() -> str:
    """County, name, signature and numbers of the unit."""
    known = unit()
    with reading() as db:
        counties = known_counties(db)
    county = counties.get(acting().place[:_COUNTY_DIGITS], "")
    name = county and f"{county}残联"
    typed = Typed(county=county, name=name, signature=name, part_price="49")
    if known is not None:
        columns = ("name", "signature", "landline", "text_phone", "part_price")
        values = {column: getattr(known, column) for column in columns}
        county = counties.get(known.place_code, known.place_code)
        typed = Typed(county=county, **values)
    return county_form(_PAGE, typed)


@bp.post("/unit")
@needs(Action.SET_UP)
def save_unit() -> Response | tuple[str, int]:
    """Keep the unit, bring in the county's places, make the standard segments."""
    typed = Typed()
    sought = typed.text("county", _("请写县名或 6 位代码。"), longest=40)
    values = {
        "name": typed.text("name", _("请填单位名称。"), longest=60),
        "signature": typed.text("signature", _("请填短信签名。"), longest=20),
        "landline": typed.text("landline", _("请填咨询电话。"), longest=20),
        "text_phone": typed.text("text_phone", longest=20),
        "part_price": typed.number("part_price", _PRICE, _("请填单价，单位是厘。")),
    }
    with typed.catching("county"), reading() as db:
        county = find_county(db, sought) if sought else ""
    if typed:
        with typed.catching("signature"), writing() as db:
            beginning.begin(db, county, now=now(), **values)
            me = acting()
            audit.note(db, "set_up", user_id=me.user_id, role=me.role or "", now=now())
    if not typed:
        return county_form(_PAGE, typed), _WRONG
    flash(_("单位已设好，地名和标准人群也准备好了。"), "good")
    return redirect("/start", 303)


def county_form(page: str, typed: Typed) -> str:
    """A form on which one's county is chosen by its name."""
    with reading() as db:
        counties = known_counties(db)
    return render_template(page, typed=typed, errors=typed.errors, counties=counties)
