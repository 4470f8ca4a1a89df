"""The first hour: one officer releases, villages answer, the longest silent on top."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.errors import NotFound, mark
from campaigns.fieldwork.board import board, leaders_told
from campaigns.planning import emergency
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import Follows, Level, MessageState, Urgency
from outreach.access import Action, may, scope
from outreach.accounts import User, names_of, password_fits
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted

bp = Blueprint("emergency", __name__)
_WRONG = 422


@bp.get("/planning/emergency")
@needs(Action.RELEASE_STANDING)
def ask() -> str:
    """Which standing text, to which township: one page, one button."""
    return _form(Typed())


@bp.post("/planning/emergency")
@needs(Action.RELEASE_STANDING)
def release() -> Response | tuple[str, int]:
    """Release it; colleagues see at once that it waits for their signature."""
    typed = Typed()
    version = _version(typed)
    with typed.catching("typed"), writing() as session:
        _step_up(session, typed)
        if typed:
            campaign = emergency.release_alone(
                session,
                version,
                typed["township"],
                typed["typed"],
                provider=wired().settings.provider,
                by=acting().user_id,
                now=now(),
            )
            noted(session, "release_alone", f"campaign:{campaign.id}")
            return redirect(url_for("emergency.show", campaign_id=campaign.id), 303)
    return _form(typed), _WRONG


@bp.get("/fieldwork/emergency/<int:campaign_id>")
@needs(Action.READ_VISITS)
def show(campaign_id: int) -> str:
    """The board: every village, who is safe, who still must be found."""
    return _board(campaign_id, Typed())


@bp.post("/planning/emergency/<int:campaign_id>/follow")
@needs(Action.RELEASE_STANDING)
def follow(campaign_id: int) -> Response | tuple[str, int]:
    """The second wave to the unconfirmed, or the all clear to those told."""
    typed = Typed()
    version = _version(typed)
    how = typed.choice("how", set(Follows), _("请选第二轮还是解除。"))
    with typed.catching("how"), writing() as session:
        _step_up(session, typed)
        if typed:
            me, first = acting().user_id, _emergency(session, campaign_id)
            after = emergency.follow(
                session, first, Follows(how), version, by=me, now=now()
            )
            noted(session, "follow_emergency", f"campaign:{after.id}", how=how)
            return redirect(url_for("emergency.show", campaign_id=after.id), 303)
    return _board(campaign_id, typed), _WRONG


def _version(typed: Typed) -> int:
    return typed.number("version", range(1, 10**9), _("请选一篇常备文稿。"))


def _step_up(session: Session, typed: Typed) -> None:
    """Whoever sits at the keys must know the password once more."""
    user = session.get(User, acting().user_id)
    if not password_fits(user, typed["password"]):
        typed.wrong("password", _("密码不对。请再输一次您的密码。"))


def _emergency(session: Session, campaign_id: int) -> Campaign:
    campaign = get_campaign(session, campaign_id)
    if campaign.urgency is not Urgency.EMERGENCY:
        raise NotFound(mark("没有这个紧急任务。"))
    return campaign


def _texts(session: Session) -> list[tuple[int, str, str]]:
    found = emergency.standing_texts(session, now())
    return [(it.id, it.bulletin.title, it.sms_text) for it in found]


def _form(typed: Typed) -> str:
    with reading() as session:
        towns = select(Place.code, Place.name).where(
            Place.level == Level.TOWNSHIP, Place.valid_to.is_(None)
        )
        return render_template(
            "planning/emergency.html",
            typed=typed,
            errors=typed.errors,
            texts=_texts(session),
            towns=[tuple(row) for row in session.execute(towns.order_by(Place.code))],
        )


def _board(campaign_id: int, typed: Typed) -> str:
    with reading() as session:
        campaign = _emergency(session, campaign_id)
        county = may(acting(), Action.RELEASE_STANDING)
        seen = campaign_statistics(session, campaign_id, now=now()) if county else None
        return render_template(
            "fieldwork/emergency.html",
            campaign=campaign,
            rows=board(session, campaign, scope(acting())),
            leaders=[
                (name, MessageState(state).word)
                for name, state in leaders_told(session, campaign)
            ],
            seen=seen,
            texts=_texts(session) if county else [],
            ways=[(it.value, shown_word(f"follows.{it}")) for it in Follows],
            by=names_of(session, [campaign.released_alone_by]),
            mine=campaign.released_alone_by == acting().user_id,
            typed=typed,
            errors=typed.errors,
        )
