"""One's own tokens for the API: made, shown once, ended."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from outreach import tokens
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("tokens", __name__, url_prefix="/me/tokens")
_WRONG = 422


@bp.get("")
@needs(Action.MAKE_TOKENS)
def index() -> str:
    """The tokens that still open something, and the form for another."""
    return _page(Typed(days=tokens.DAYS[1]))


@bp.post("")
@needs(Action.MAKE_TOKENS)
def make() -> str | tuple[str, int]:
    """Make one for the role that is acted in; its text is shown this once."""
    typed = Typed()
    name = typed.text("name", _("写一个名称，以后认得它。"), longest=60)
    days = typed.choice("days", [str(n) for n in tokens.DAYS], _("请选有效期。"))
    if typed:
        with typed.catching("name"), writing() as db:
            made, text = tokens.make(db, acting(), name=name, days=int(days), now=now())
            noted(db, "make_token", f"token:{made.id}", days=int(days))
    if not typed:
        return _page(typed), _WRONG
    return render_template("tokens/made.html", name=name, token=text)


@bp.post("/<int:token_id>/end")
@needs(Action.MAKE_TOKENS)
def end(token_id: int) -> Response:
    """End one: at once, and for good."""
    with writing() as db:
        tokens.revoke(db, acting().user_id, token_id, now())
        noted(db, "end_token", f"token:{token_id}")
    flash(_("令牌已停用。"), "good")
    return redirect(url_for("tokens.index"), 303)


def _page(typed: Typed) -> str:
    with reading() as db:
        mine = tokens.standing(db, acting().user_id, now())
    return render_template(
        "tokens/index.html",
        typed=typed,
        errors=typed.errors,
        tokens=mine,
        days=tokens.DAYS,
    )
