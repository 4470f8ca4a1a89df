"""The register of one's place in the response period, by its five outcomes."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from campaigns.reporting.daily import lookup, periods
from campaigns.reporting.daily.counting import campaigns_of
from campaigns.reporting.period_people import period_outcome
from outreach.access import Action
from outreach.web.gate import acting, needs, reading

bp = Blueprint("period", __name__, url_prefix="/reporting/daily")


@bp.get("/register")
@needs(Action.READ_DAILY)
def show() -> str | Response:
    """Everybody on the register counts once; it is counted when it is asked for."""
    with reading() as session:
        period = periods.current_period(session)
        unit = lookup.get_unit(session, acting().place)
        if period is None:
            return redirect(url_for("daily.index"), 303)
        began = campaigns_of(session, period)
        found = period_outcome(session, unit.code, began, period.begins_at)
    return render_template(
        "daily/register.html", period=period, place=unit, found=found, n=len(began)
    )
