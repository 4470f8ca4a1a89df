"""A small office without a second person: released by one, after a long hold."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.errors import NotReady, mark
from campaigns.planning import approving
from outreach import approvers
from outreach.access import Action
from outreach.web.approving import waiting
from outreach.web.campaign_check import checked, read_people
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("alone", __name__, url_prefix="/planning")
_WRONG = 422


@bp.get("/<int:campaign_id>/alone")
@needs(Action.RELEASE_DELAYED)
def ask(campaign_id: int) -> str:
    """Exactly what would go out, and the number of people to be typed."""
    with reading() as session:
        return _page(session, campaign_id, Typed())


@bp.post("/<int:campaign_id>/alone")
@needs(Action.RELEASE_DELAYED)
def release(campaign_id: int) -> Response | tuple[str, int]:
    """It waits for hours, and stands in the record as one person's decision."""
    typed, by = Typed(), acting().user_id
    with reading() as session:
        people = checked(session, waiting(session, campaign_id))["forecast"].will_send
    read_people(typed, people)
    if typed:
        with typed.catching("people"), writing() as session:
            _nobody_else(session, campaign_id)
            content = typed["content_hash"]
            approving.alone(
                session, campaign_id, by=by, content_hash=content, now=now()
            )
            noted(session, "release_delayed", f"campaign:{campaign_id}")
    if typed:
        flash(_("已排上。开始以前随时可以撤回。"), "good")
        return redirect(url_for("planning.show", campaign_id=campaign_id), 303)
    with reading() as session:
        return _page(session, campaign_id, typed), _WRONG


def _nobody_else(session: Session, campaign_id: int) -> None:
    """Raises NotReady where somebody else could approve."""
    if approvers.approvers(session, waiting(session, campaign_id)):
        raise NotReady(mark("还有别的同事能批准。请把链接给对方，或请对方在纸上签。"))


def _page(session: Session, campaign_id: int, typed: Typed) -> str:
    values = checked(session, waiting(session, campaign_id))
    return render_template("planning/alone.html", **values, typed=typed)
