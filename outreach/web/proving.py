"""Proving once more who one is, before what shows or sends much."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from outreach import own_sign_ins
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, local, needs, now, writing
from outreach.web.noting import noted
from outreach.web.safety import limiter

bp = Blueprint("proving", __name__, url_prefix="/me/again")
_WRONG = 422


def _mine() -> str:
    return f"proof {acting().user_id}"


def _failed(answer: Response) -> bool:
    return answer.status_code == _WRONG


@bp.get("")
@needs(Action.OWN_PAGES)
def ask() -> str:
    """One field for the password or a code; then on to the page one wanted."""
    return _page(Typed(next=request.args.get("next", "")))


@bp.post("")
@needs(Action.OWN_PAGES)
@limiter.limit("5/15 minutes", key_func=_mine, deduct_when=_failed)
def prove() -> Response | tuple[str, int]:
    """It counts for a quarter of an hour, in this sign-in alone."""
    typed = Typed()
    with writing() as db:
        right = own_sign_ins.prove(db, acting(), typed["proof"], now())
        noted(db, "prove", right=right)
    if not right:
        typed.wrong("proof", _("不对。请再输一次您的密码，或手机上现在的口令。"))
        return _page(typed), _WRONG
    return redirect(local(typed["next"]) or "/", 303)


def _page(typed: Typed) -> str:
    return render_template("me/again.html", typed=typed, errors=typed.errors)
