"""The county's places: the names that lists may use, and villages that are missing."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register import place_edits
from campaigns.register.models import Place
from campaigns.register.scope import places
from campaigns.shanghai import day_of
from campaigns.vocabulary import Level
from outreach.access import Action, scope
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("places", __name__, url_prefix="/register/places")
_WRONG = 422


@bp.get("")
@needs(Action.SET_UP)
def index() -> str:
    """Townships, and under each its villages with their other names."""
    return _list(Typed(township=request.args.get("township", "")))


@bp.post("")
@needs(Action.SET_UP)
def add() -> Response | tuple[str, int]:
    """Add a village that the official list does not have."""
    typed = Typed()
    with typed.catching("name"), writing() as session:
        township = place_edits.get_place(session, scope(acting()), typed["township"])
        today = day_of(now())
        made = place_edits.add_village(session, township, typed["name"], today)
        noted(session, "add_place", f"place:{made.code}")
    if not typed:
        return _list(typed), _WRONG
    flash(_("已增加。现在导入的名册可以用这个村名。"), "good")
    return redirect(url_for("places.index", township=township.code), 303)


@bp.get("/<code>")
@needs(Action.SET_UP)
def ask(code: str) -> str:
    """A place's name and the others under which lists write it."""
    with reading() as session:
        place = place_edits.get_place(session, scope(acting()), code)
    return _form(place, Typed(name=place.name, aliases="\n".join(place.aliases)))


@bp.post("/<code>")
@needs(Action.SET_UP)
def change(code: str) -> Response | tuple[str, int]:
    """Keep them; the former name stays as another name."""
    typed = Typed()
    with typed.catching("name"), writing() as session:
        place = place_edits.get_place(session, scope(acting()), code)
        others = [line for line in typed["aliases"].splitlines() if line.strip()]
        place_edits.rename(session, place, typed["name"], others)
        noted(session, "change_place", f"place:{code}")
        township = place.parent if place.level is Level.VILLAGE else code
    if not typed:
        with reading() as session:
            place = place_edits.get_place(session, scope(acting()), code)
        return _form(place, typed), _WRONG
    flash(_("地名存好了。"), "good")
    return redirect(url_for("places.index", township=township), 303)


def _list(typed: Typed) -> str:
    townships, below = [], defaultdict(list)
    with reading() as session:
        for place in places(session, scope(acting()), Level.TOWNSHIP, Level.VILLAGE):
            if place.level is Level.TOWNSHIP:
                townships.append(place)
            else:
                below[place.parent].append(place)
    return render_template(
        "register/places.html",
        townships=townships,
        below=below,
        typed=typed,
        errors=typed.errors,
    )


def _form(place: Place, typed: Typed) -> str:
    return render_template(
        "register/place.html", place=place, typed=typed, errors=typed.errors
    )
