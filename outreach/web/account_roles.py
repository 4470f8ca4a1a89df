"""One more role for an account, through two hands, or one less, at once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from outreach import account_admin, granting
from outreach.access import Action
from outreach.accounts import Role
from outreach.web import grant_form
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("account_roles", __name__, url_prefix="/accounts")
_WRONG = 422


@bp.get("/<int:user_id>/roles/new")
@needs(Action.PROPOSE_GRANTS)
def ask(user_id: int) -> str:
    """The form for another role."""
    with reading() as db:
        return _form(db, user_id, Typed())


@bp.post("/<int:user_id>/roles/new")
@needs(Action.PROPOSE_GRANTS)
def propose(user_id: int) -> Response | tuple[str, int]:
    """It waits for a coordinator, as the first one did."""
    typed, waits = Typed(), False
    with reading() as db:
        role, facts = grant_form.wanted(typed, grant_form.places(db))
    if typed:
        by, small = acting().user_id, grant_form.small_office()
        with typed.catching("role"), writing() as db:
            user = account_admin.get_user(db, user_id)
            waits = granting.propose(
                db, user, role=Role(role), **facts, small_office=small, by=by, now=now()
            ).waits
            noted(db, "propose_grant", f"user:{user_id}")
    if not typed:
        with reading() as db:
            return _form(db, user_id, typed), _WRONG
    done = _("已提出，等县残联经办人确认。") if waits else _("已办好，现在就算数。")
    flash(done, "good")
    return redirect(url_for("accounts.show", user_id=user_id), 303)


@bp.post("/<int:user_id>/roles/<int:grant_id>/end")
@needs(Action.PROPOSE_GRANTS)
def end(user_id: int, grant_id: int) -> Response:
    """Take it away; it counts on the person's next page."""
    with writing() as db:
        granting.revoke(db, user_id, grant_id, by=acting().user_id, now=now())
        noted(db, "revoke_grant", f"user:{user_id}", grant=grant_id)
    flash(_("已收回，现在就算数。"), "good")
    return redirect(url_for("accounts.show", user_id=user_id), 303)


def _form(db: Session, user_id: int, typed: Typed) -> str:
    values = grant_form.choices(typed, grant_form.places(db))
    user = account_admin.get_user(db, user_id)
    return render_template("accounts/role.html", user=user, **values)
