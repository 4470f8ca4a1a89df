"""The first account of all, made by whoever started the service."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register.counties import find_county
from outreach import first_account
from outreach.web.forms import Typed
from outreach.web.gate import now, open_to_everyone, reading, wired, writing
from outreach.web.noting import noted
from outreach.web.safety import limiter
from outreach.web.start import county_form

bp = Blueprint("first", __name__, url_prefix="/first")
_PAGE = "start/first.html"
_WRONG = 422


@bp.get("/<key>")
@open_to_everyone
def show(key: str) -> str | Response:
    """The form; the door for everybody once there is an account."""
    first_account.check(key, wired().signer)
    with reading() as db:
        if not first_account.nobody_yet(db):
            return redirect("/sign-in")
    return county_form(_PAGE, Typed())


@bp.post("/<key>")
@open_to_everyone
@limiter.limit("20/minute")
def make(key: str) -> Response | tuple[str, int]:
    """Make it; the person proves at the door that they know their password."""
    first_account.check(key, wired().signer)
    typed = Typed()
    sought = typed.text("county", _("请写县名或 6 位代码。"), longest=40)
    name = typed.text("name", _("请填账号名。"), longest=40)
    shown_as = typed.text("shown_as", _("请填姓名或称呼。"), longest=60)
    with typed.catching("county"), reading() as db:
        county = find_county(db, sought) if sought else ""
    if typed:
        facts = {"county": county, "name": name, "shown_as": shown_as}
        mixed = wired().settings.mixed_passwords
        with typed.catching("password"), writing() as db:
            made = first_account.make(
                db, **facts, password=typed["password"], mixed=mixed, now=now()
            )
            noted(db, "add_user", f"user:{made.id}")
    if not typed:
        return county_form(_PAGE, typed), _WRONG
    flash(_("账号建好了。请用它登录，登录以后一步一步来。"), "good")
    return redirect("/sign-in", 303)
