"""A village's own word that it mourns or celebrates: its tips keep silent for it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from campaigns.errors import CampaignError
from campaigns.fieldwork import quiet
from campaigns.register.models import Place
from campaigns.register.place_names import spoken
from campaigns.shanghai import day_of
from outreach import audit
from outreach.access import Action, Bearer
from outreach.web import village_link
from outreach.web.gate import needs_link, now, reading, wired, writing
from outreach.web.village_opened import closed

bp = Blueprint("village_quiet", __name__, url_prefix="/v")


bp.register_error_handler(CampaignError, closed)


@bp.get("/<token>/quiet")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def ask(token: str) -> str:
    """For how many days the village asks for silence."""
    code = _village(token)
    with reading() as session:
        name = spoken(session.get_one(Place, code).name)
    days = list(quiet.MUTED_DAYS)
    return render_template("village/quiet.html", token=token, name=name, days=days)


@bp.post("/<token>/quiet")
@needs_link(Action.REPORT_PLAYED, Bearer.DUTY)
def mute(token: str) -> Answer:
    """Tips are not due for these days; what must be heard and emergencies stay."""
    code = _village(token)
    told = request.form.get("days", "")
    days = int(told) if told.isdecimal() and len(told) == 1 else 0
    with writing() as session:
        n = quiet.mute_village(session, code, days, by="", now=now())
        details = {"days": days, "announcements": n}
        subject = f"place:{code}"
        audit.note(session, "mute_village", subject, details=details, now=now())
    return redirect(url_for("village.show", token=token, thanks=0), 303)


def _village(token: str) -> str:
    return village_link.read(token, wired().signer, day_of(now()))
