"""The calendar: what goes out and when loudspeakers keep silent, day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from campaigns.fieldwork import quiet
from campaigns.fieldwork.models import QuietTime
from campaigns.planning.listing import list_campaigns
from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.shanghai import SHANGHAI, day_of
from outreach.access import Action
from outreach.web.gate import acting, needs, now, reading
from outreach.web.languages import clock

bp = Blueprint("calendar_days", __name__, url_prefix="/planning")
_BEHIND, _AHEAD = timedelta(days=3), timedelta(days=30)
_DAY = 1440


@bp.get("/calendar")
@needs(Action.READ_CAMPAIGNS)
def show() -> str:
    """A list by day, not a grid: the last three days and the thirty to come."""
    today = day_of(now())
    first, last = today - _BEHIND, today + _AHEAD
    days: dict[date, dict[str, list[Any]]] = defaultdict(
        lambda: {"campaigns": [], "quiet": []}
    )
    days[today]["campaigns"] = []
    with reading() as session:
        places = names_by_code(session, current_unit(session).place_code)
        for row in reversed(list_campaigns(session, categories=acting().categories)):
            moment = row.launched_at or row.due_at or row.starts_at
            if moment and first <= day_of(moment) <= last:
                local = moment.astimezone(SHANGHAI)
                at = clock(local.hour * 60 + local.minute)
                days[local.date()]["campaigns"].append((at, row))
        for one in quiet.between(session, first, last):
            days[one.day]["quiet"].append(told(one, places))
    page = "planning/calendar.html"
    return render_template(page, days=sorted(days.items()), week=_week())


def told(one: QuietTime, places: dict[str, str]) -> dict[str, str]:
    """A quiet time as a person reads it."""
    whole = one.begins == 0 and one.ends >= _DAY
    hours = _("整天") if whole else f"{clock(one.begins)}–{clock(one.ends)}"
    place = places.get(one.place, one.place)
    return {"place": place, "hours": hours, "kind": one.kind}


def _week() -> list[str]:
    return [
        _("星期一"),
        _("星期二"),
        _("星期三"),
        _("星期四"),
        _("星期五"),
        _("星期六"),
        _("星期日"),
    ]
