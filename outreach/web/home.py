"""Home: what must I do now, what stands where today, what happened last."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from campaigns.planning.listing import list_campaigns
from campaigns.reporting.overview import people_of
from outreach import accounts, audit, to_do, today
from outreach.access import Action, may
from outreach.web import subjects
from outreach.web.frame import unit
from outreach.web.gate import acting, needs, now, reading, wired

bp = Blueprint("home", __name__)
_RECENT = 5


@bp.get("/")
@needs(Action.OWN_PAGES)
def show() -> str | Response:
    """The page for the person's role; before the first set-up, the way to begin."""
    me = acting()
    if unit() is None and may(me, Action.SET_UP):
        return redirect("/start")
    with reading() as db:
        campaigns, deeds = [], []
        if may(me, Action.READ_CAMPAIGNS):
            campaigns = list_campaigns(db, categories=me.categories, limit=_RECENT)
        begun = [row.id for row in campaigns if row.launched_at]
        if may(me, Action.READ_AUDIT):
            deeds = audit.latest(db, _RECENT)
        return render_template(
            "home/show.html",
            todo=to_do.to_do(db, wired(), me, now()),
            figures=today.figures(db, me, now()),
            campaigns=campaigns,
            reached=people_of(db, begun) if begun else {},
            deeds=deeds,
            names=accounts.names_of(db, _who(deeds)) if deeds else {},
            places=subjects.places(db) if deeds else {},
        )


def _who(deeds: list[audit.AuditRow]) -> list[int | None]:
    return [deed.user_id for deed in deeds]
