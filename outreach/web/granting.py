"""A coordinator looks at what an administrator proposed, and lets it hold or not."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from outreach import account_admin, accounts, granting, second_step
from outreach.access import Action
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("granting", __name__, url_prefix="/accounts/grants")


@bp.get("")
@needs(Action.CONFIRM_GRANTS)
def index() -> str:
    """Who is to act as what, where; proposed by whom."""
    with reading() as db:
        grants, resets = granting.waiting(db), second_step.resets(db)
        people = [each.proposed_by for each in grants]
        people += [
            one for each in resets for one in (each.user_id, each.reset_asked_by)
        ]
        return render_template(
            "accounts/grants.html",
            grants=grants,
            resets=resets,
            places=account_admin.places(db),
            names=accounts.names_of(db, people),
        )


@bp.post("/<int:grant_id>/confirm")
@needs(Action.CONFIRM_GRANTS)
def confirm(grant_id: int) -> Response:
    """It holds from now on."""
    with writing() as db:
        granting.confirm(db, grant_id, by=acting().user_id, now=now())
        noted(db, "confirm_grant", f"grant:{grant_id}")
    flash(_("已确认，现在就算数。"), "good")
    return redirect(url_for("granting.index"), 303)


@bp.post("/<int:grant_id>/refuse")
@needs(Action.CONFIRM_GRANTS)
def refuse(grant_id: int) -> Response:
    """It never holds."""
    with writing() as db:
        granting.refuse(db, grant_id, now=now())
        noted(db, "refuse_grant", f"grant:{grant_id}")
    flash(_("没有给这项授权。"), "good")
    return redirect(url_for("granting.index"), 303)
