"""An association's second person releases by its standing permission alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.errors import CampaignError
from campaigns.planning.models import Campaign
from campaigns.planning.permitted import Permitted, permitted, release_permitted
from campaigns.vocabulary import CampaignState
from outreach import approvers
from outreach.access import Action, may
from outreach.web.approving import waiting
from outreach.web.campaign_check import checked, needs_number, read_people
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import sentence
from outreach.web.noting import noted

bp = Blueprint("permitted", __name__, url_prefix="/planning")
_WRONG = 422


@bp.get("/<int:campaign_id>/permitted")
@needs(Action.RELEASE_PERMITTED)
def ask(campaign_id: int) -> str:
    """Exactly what would go out, by which permission, and what that leaves."""
    with reading() as session:
        return _page(session, campaign_id, Typed())


@bp.post("/<int:campaign_id>/permitted")
@needs(Action.RELEASE_PERMITTED)
def release(campaign_id: int) -> Response | tuple[str, int]:
    """Release exactly what was read, and take it off the month's quota."""
    typed = Typed()
    if not typed.ticked("read"):
        typed.wrong("read", _("看过以后请打勾。"))
    with reading() as session:
        seen = _seen(session, waiting(session, campaign_id))
    if seen["asked"]:
        read_people(typed, seen["forecast"].will_send)
    if typed:
        with typed.catching(), writing() as session:
            waiting(session, campaign_id)
            _release(session, campaign_id, typed["content_hash"])
    if typed:
        flash(_("已放行。开始以前随时可以撤回。"), "good")
        return redirect(url_for("planning.show", campaign_id=campaign_id), 303)
    with reading() as session:
        return _page(session, campaign_id, typed), _WRONG


def _release(session: Session, campaign_id: int, content: str) -> None:
    me = acting()
    ours = approvers.association(session, me.categories)
    release_permitted(
        session, campaign_id, ours, by=me.user_id, content_hash=content, now=now()
    )
    subject = f"campaign:{campaign_id}"
    noted(session, "release_permitted", subject, content=content)


def _page(session: Session, campaign_id: int, typed: Typed) -> str:
    values = _seen(session, waiting(session, campaign_id))
    return render_template("planning/permitted.html", **values, typed=typed)


def _seen(session: Session, campaign: Campaign) -> dict[str, Any]:
    """What an approval shows, and the permission beside it."""
    values = checked(session, campaign) | permission(session, campaign)
    return values | {"asked": needs_number(session, campaign.id)}


def permission(session: Session, campaign: Campaign) -> dict[str, Any]:
    """The permission that applies, or the sentences that say why none does.

    Nothing where the campaign does not wait, or an association has no part in it.
    """
    waits = campaign.status is CampaignState.SUBMITTED
    if not waits or not may(acting(), Action.RELEASE_PERMITTED):
        return {}
    ours = approvers.association(session, acting().categories)
    its: Permitted | None = None
    try:
        its = permitted(session, campaign, ours, now())
        wrong = its.hindrances
    except CampaignError as error:
        wrong = [error]
    return {"its": its, "hindrances": [sentence(error) for error in wrong]}
