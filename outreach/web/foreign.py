"""Routes abroad: an administrator names the document, a coordinator opens or closes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.planning import foreign
from outreach import accounts
from outreach.access import Action
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted

bp = Blueprint("foreign", __name__, url_prefix="/health/foreign")
_WRONG = 422


@bp.get("")
@needs(Action.READ_ROUTES)
def index() -> str:
    """What each route means, which is open by which document, and what was closed."""
    return _page(Typed())


@bp.post("")
@needs(Action.PROPOSE_ROUTE)
def propose() -> Response | tuple[str, int]:
    """Nothing goes over it before somebody else has approved it."""
    typed = Typed()
    route = typed.choice("route", foreign.ROUTES, _("请选一条线路。"))
    if typed:
        with typed.catching("document"), writing() as db:
            made = foreign.propose(
                db, route, typed["document"], by=acting().user_id, now=now()
            )
            noted(db, "propose_route", f"route:{made.id}", route=route)
    if not typed:
        return _page(typed), _WRONG
    flash(_("提出了，请县残联的经办人批准。"), "good")
    return redirect(url_for("foreign.index"), 303)


@bp.post("/<int:route_id>/approve")
@needs(Action.APPROVE_ROUTE)
def approve(route_id: int) -> Response:
    """It can be used from now on."""
    with saying_why():
        with writing() as db:
            one = foreign.confirm(db, route_id, by=acting().user_id, now=now())
            facts = {"route": one.route, "document": one.document}
            noted(db, "approve_route", f"route:{route_id}", **facts)
        flash(_("已批准，现在可以用了。"), "good")
    return redirect(url_for("foreign.index"), 303)


@bp.post("/<int:route_id>/close")
@needs(Action.CLOSE_ROUTE)
def close(route_id: int) -> Response:
    """Refuse it or close it; what was being sent over it is paused."""
    with writing() as db:
        paused = foreign.close(db, route_id, by=acting().user_id, now=now())
        noted(db, "close_route", f"route:{route_id}", paused=paused)
    flash(_("已关闭。正在用它发的 %(n)s 个任务暂停了。", n=len(paused)), "good")
    return redirect(url_for("foreign.index"), 303)


def _page(typed: Typed) -> str:
    with reading() as db:
        rows = [*foreign.standing(db), *foreign.past(db)]
        people = [each.proposed_by for each in rows]
        people += [each.confirmed_by for each in rows if each.confirmed_by]
        names = accounts.names_of(db, people)
    return render_template(
        "health/foreign.html",
        rows=rows,
        routes=[(each, shown_word(f"route.{each}")) for each in foreign.ROUTES],
        names=names,
        typed=typed,
        errors=typed.errors,
    )
