"""Campaigns: the list, a new one, the check, and the second person's approval."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.bulletins.review import confirm_call_heard
from campaigns.planning import drafting, lifecycle, listing
from campaigns.planning.models import Campaign
from campaigns.reporting.overview import people_of
from campaigns.vocabulary import CampaignState
from outreach.access import Action, may
from outreach.accounts import names_of
from outreach.web import campaign_form
from outreach.web.campaign_check import checked, found, needs_number, read_people
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted
from outreach.web.permitted import permission

bp = Blueprint("planning", __name__, url_prefix="/planning")


@bp.get("/")
@needs(Action.READ_CAMPAIGNS)
def index() -> str:
    """All campaigns, newest first."""
    with reading() as session:
        rows = listing.list_campaigns(session, categories=acting().categories)
        names = names_of(session, [row.made_by for row in rows])
        begun = [row.id for row in rows if row.launched_at]
        reached = people_of(session, begun) if begun else {}
    shown = {"rows": rows, "names": names, "reached": reached}
    return render_template("planning/index.html", **shown)


@bp.get("/new")
@needs(Action.MAKE_CAMPAIGNS)
def new() -> str:
    """What, to whom, how and when."""
    with reading() as session:
        typed = campaign_form.blank(session, request.args.get("version", ""))
        return _form(session, typed)


@bp.post("/new")
@needs(Action.MAKE_CAMPAIGNS)
def make() -> Response | tuple[str, int]:
    """Keep the draft and go on to its check."""
    typed = Typed()
    with reading() as session:
        plan = campaign_form.read_plan(session, typed)
    if typed:
        with typed.catching(), writing() as session:
            campaign = drafting.draft_campaign(
                session, **plan, by=acting().user_id, now=now()
            )
            noted(session, "draft_campaign", f"campaign:{campaign.id}")
    if typed:
        return redirect(url_for("planning.show", campaign_id=campaign.id), 303)
    with reading() as session:
        return _form(session, typed), 422


@bp.get("/<int:campaign_id>/edit")
@needs(Action.MAKE_CAMPAIGNS)
def edit(campaign_id: int) -> str:
    """A draft's decisions again."""
    with reading() as session:
        campaign = found(session, campaign_id)
        return _form(session, campaign_form.filled(campaign), campaign)


@bp.post("/<int:campaign_id>/edit")
@needs(Action.MAKE_CAMPAIGNS)
def change(campaign_id: int) -> Response | tuple[str, int]:
    """Keep a changed draft."""
    typed = Typed()
    with reading() as session:
        plan = campaign_form.read_plan(session, typed)
    if typed:
        with typed.catching(), writing() as session:
            campaign = found(session, campaign_id)
            drafting.change_campaign(session, campaign, plan, now=now())
            noted(session, "change_campaign", f"campaign:{campaign_id}")
    if typed:
        return redirect(url_for("planning.show", campaign_id=campaign_id), 303)
    with reading() as session:
        return _form(session, typed, found(session, campaign_id)), 422


@bp.get("/<int:campaign_id>")
@needs(Action.READ_CAMPAIGNS)
def show(campaign_id: int) -> str:
    """The check: exactly what would happen, or what was decided."""
    with reading() as session:
        campaign = found(session, campaign_id)
        return render_template(
            "planning/show.html",
            **checked(session, campaign),
            **permission(session, campaign),
            allowed=_allowed(campaign),
            typed=Typed(),
        )


@bp.get("/<int:campaign_id>/approve")
@needs(Action.APPROVE_CAMPAIGNS)
def approve(campaign_id: int) -> str:
    """The same page for the second person, with the button that sends."""
    with reading() as session:
        return approval_page(session, campaign_id, Typed())


@bp.post("/<int:campaign_id>/approve")
@needs(Action.APPROVE_CAMPAIGNS)
def release(campaign_id: int) -> Response | tuple[str, int]:
    """Release exactly what was read."""
    typed = Typed()
    with reading() as session:
        seen = checked(session, found(session, campaign_id))
        people, asked = seen["forecast"].will_send, needs_number(session, campaign_id)
    if seen["unheard"]:
        campaign_form.read_heard(typed, seen["view"].call)
    if not typed.ticked("read"):
        typed.wrong("read", _("看过以后请打勾。"))
    if asked:
        read_people(typed, people)
    if typed:
        with typed.catching(), writing() as session:
            found(session, campaign_id)
            _release(session, campaign_id, typed)
    if typed:
        return redirect(url_for("planning.show", campaign_id=campaign_id), 303)
    with reading() as session:
        return approval_page(session, campaign_id, typed), 422


def _release(session: Session, campaign_id: int, typed: Typed) -> None:
    by, moment, content_hash = acting().user_id, now(), typed["content_hash"]
    if heard := typed["heard_by"].strip():
        version = found(session, campaign_id).version_id
        confirm_call_heard(session, version, heard, by=by, now=moment)
    lifecycle.release(
        session, campaign_id, by=by, content_hash=content_hash, now=moment
    )
    noted(session, "release_campaign", f"campaign:{campaign_id}", content=content_hash)
    flash(_("已批准。"), "good")


def approval_page(session: Session, campaign_id: int, typed: Typed) -> str:
    """What is about to go out, with the forms of whoever may decide it."""
    campaign = found(session, campaign_id)
    return render_template(
        "planning/approve.html",
        **checked(session, campaign),
        typed=typed,
        asked=needs_number(session, campaign_id),
        allowed=_allowed(campaign),
    )


def _form(session: Session, typed: Typed, campaign: Campaign | None = None) -> str:
    return render_template(
        "planning/edit.html",
        typed=typed,
        campaign=campaign,
        ticked=typed.all("channels") or typed["channels"].split(","),
        **campaign_form.choices(session),
    )


def _allowed(campaign: Campaign) -> dict[str, Any]:
    """What this person may do with the campaign as it stands."""
    person, state = acting(), campaign.status
    makes, sends = (
        may(person, Action.MAKE_CAMPAIGNS),
        may(person, Action.APPROVE_CAMPAIGNS),
    )
    mine = person.user_id in {campaign.made_by, campaign.submitted_by}
    waits = state is CampaignState.SUBMITTED
    held = state is CampaignState.APPROVED and campaign.launched_at is None
    return {
        "edit": makes and state is CampaignState.DRAFT,
        "submit": makes and state is CampaignState.DRAFT,
        "approve": sends and waits and not mine,
        "permitted": waits and not mine and may(person, Action.RELEASE_PERMITTED),
        "wait": waits and (mine or not sends),
        "take_back": held and (sends or makes),
        "unsubmit": makes and waits and mine,
        "follow": campaign.launched_at is not None,
    }
