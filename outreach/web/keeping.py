"""How long data are kept: an administrator proposes, a coordinator agrees."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register import keeping
from outreach import accounts
from outreach.access import Action
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("keeping", __name__, url_prefix="/keeping")


@bp.get("")
@needs(Action.READ_RETENTION)
def index() -> str:
    """Every kind, its days, and what is proposed."""
    with reading() as db:
        rows = keeping.all_kinds(db)
        names = accounts.names_of(db, [row.proposed_by for row in rows.values()])
    return render_template(
        "health/keeping.html", rows=rows, kinds=keeping.KINDS, names=names
    )


@bp.post("/<kind>/propose")
@needs(Action.PROPOSE_RETENTION)
def propose(kind: str) -> Response:
    """Propose another time."""
    days = Typed()["days"]
    with saying_why():
        with writing() as db:
            wanted = int(days) if days.isdecimal() else 0
            keeping.propose(db, kind, wanted, by=acting().user_id, now=now())
            noted(db, "propose_retention", kind, days=wanted)
        flash(_("提出了，请县残联经办人同意。"), "good")
    return redirect(url_for("keeping.index"), 303)


@bp.post("/<kind>/agree")
@needs(Action.APPROVE_RETENTION)
def agree(kind: str) -> Response:
    """It holds from the next sweep on."""
    with writing() as db:
        days = keeping.agree(db, kind, by=acting().user_id)
        noted(db, "approve_retention", kind, days=days)
    flash(_("已同意，从下一次清理起算数。"), "good")
    return redirect(url_for("keeping.index"), 303)
