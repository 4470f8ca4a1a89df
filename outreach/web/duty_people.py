"""Who is on call: a village's two duty people, a leader for township and county."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register import duty_people
from campaigns.register.models import Place
from outreach.access import Action, scope
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, reading, writing
from outreach.web.noting import noted

bp = Blueprint("duty_people", __name__, url_prefix="/fieldwork/duty")
_WRONG = 422


@bp.get("")
@needs(Action.SIGN_OFF)
def index() -> str:
    """Every place of one's own, and who can be told there."""
    with reading() as session:
        places = duty_people.duty_places(session, scope(acting()))
    return render_template("fieldwork/duty.html", places=places)


@bp.get("/<code>")
@needs(Action.SIGN_OFF)
def ask(code: str) -> str:
    """The two people of one place."""
    with reading() as session:
        place = duty_people.get_place(session, scope(acting()), code)
    known = {
        "first_name": place.duty_name,
        "first_phone": (place.duty_phone or "").removeprefix("+86"),
        "second_name": place.second_name,
        "second_phone": (place.second_phone or "").removeprefix("+86"),
    }
    return _form(place, Typed(**known))


@bp.post("/<code>")
@needs(Action.SIGN_OFF)
def save(code: str) -> Response | tuple[str, int]:
    """Keep them; they are told from the next text on."""
    typed = Typed()
    with typed.catching("first_phone"), writing() as session:
        place = duty_people.get_place(session, scope(acting()), code)
        first = typed["first_name"], typed["first_phone"]
        second = typed["second_name"], typed["second_phone"]
        duty_people.set_duty(session, place, first, second)
        noted(session, "set_duty", f"place:{code}")
    if not typed:
        with reading() as session:
            place = duty_people.get_place(session, scope(acting()), code)
        return _form(place, typed), _WRONG
    flash(_("值班电话存好了。"), "good")
    return redirect(url_for("duty_people.index"), 303)


def _form(place: Place, typed: Typed) -> str:
    return render_template(
        "fieldwork/duty_edit.html", place=place, typed=typed, errors=typed.errors
    )
