"""A campaign's other steps: submit, take back, pause, go on, stop, send back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.bulletins.review import confirm_call_heard
from campaigns.delivery import tally
from campaigns.errors import NotReady, mark
from campaigns.planning import emergency, lifecycle
from campaigns.planning.models import Campaign
from campaigns.vocabulary import Channel, MessageState
from outreach.access import Action
from outreach.previews import Progress
from outreach.rows import show_all
from outreach.web.campaign_check import found, require_for
from outreach.web.forms import Typed, saying_why
from outreach.web.four_forms import four_forms
from outreach.web.gate import acting, local, needs, now, reading, writing
from outreach.web.noting import noted
from outreach.web.planning import approval_page

bp = Blueprint("steering", __name__, url_prefix="/planning")


@bp.post("/<int:campaign_id>/submit")
@needs(Action.SUBMIT_CAMPAIGNS)
def submit(campaign_id: int) -> Response:
    """Hand it to a colleague."""
    return _steer(
        campaign_id,
        "submit_campaign",
        lifecycle.submit,
        _("已送审批。请另一位同事来批准。"),
    )


@bp.post("/<int:campaign_id>/unsubmit")
@needs(Action.SUBMIT_CAMPAIGNS)
def unsubmit(campaign_id: int) -> Response:
    """Take one's own submission back to change it."""
    done = _("拿回来了，可以修改。")
    return _steer(
        campaign_id, "withdraw_submission_campaign", lifecycle.withdraw_submission, done
    )


@bp.post("/<int:campaign_id>/return")
@needs(Action.APPROVE_CAMPAIGNS)
def send_back(campaign_id: int) -> Response | tuple[str, int]:
    """Return it to its maker, with a reason."""
    typed = Typed()
    asked = _("写一句退回的原因，对方才知道改哪里。")
    reason = typed.text("reason", asked)
    if not typed:
        with reading() as session:
            require_for(session, found(session, campaign_id))
            return approval_page(session, campaign_id, typed), 422
    step = partial(lifecycle.send_back, reason=reason)
    return _steer(campaign_id, "send_back_campaign", step, _("已退回。"))


@bp.post("/<int:campaign_id>/heard")
@needs(Action.MAKE_CAMPAIGNS)
def hear(campaign_id: int) -> Response:
    """Note who has listened to what the calls play; whoever wrote the text may not."""
    name = request.form.get("heard_by", "")[:60]
    done = _("记下了：%(who)s 听过。", who=name.strip())
    return _steer(campaign_id, "hear_calls", partial(_hear, name=name), done)


def _hear(
    session: Session, campaign_id: int, *, by: int, now: datetime, name: str
) -> Campaign:
    campaign = found(session, campaign_id)
    version = campaign.version
    clip = four_forms(session, version.bulletin, version, calls=True).call
    if clip.progress != Progress.READY:
        raise NotReady(mark("打电话放的录音还没有录好。先录好、听过，再批准。"))
    confirm_call_heard(session, version.id, name, by=by, now=now)
    return campaign


@bp.post("/<int:campaign_id>/take-back")
@needs(Action.MAKE_CAMPAIGNS)
def take_back(campaign_id: int) -> Response:
    """Undo the approval while it is held."""
    done = _("撤回了，一条也没有发。")
    return _steer(campaign_id, "take_back_campaign", lifecycle.take_back, done)


@bp.post("/<int:campaign_id>/pause")
@needs(Action.PAUSE_CAMPAIGNS)
def pause(campaign_id: int) -> Response:
    """Stop handing over; what was handed over goes its way."""
    return _steer(
        campaign_id,
        "pause_campaign",
        lifecycle.pause,
        _("已暂停。要接着发，点“继续”。"),
    )


@bp.post("/<int:campaign_id>/resume")
@needs(Action.RESUME_CAMPAIGNS)
def resume(campaign_id: int) -> Response:
    """Go on after a pause."""
    return _steer(campaign_id, "resume_campaign", lifecycle.resume, _("接着发了。"))


@bp.get("/<int:campaign_id>/stop")
@needs(Action.STOP_CAMPAIGNS)
def ask_stop(campaign_id: int) -> str:
    """What stopping would do, with numbers."""
    with reading() as session:
        campaign = found(session, campaign_id)
        require_for(session, campaign)
        states = tally.by_state(session, campaign_id, *tally.TEXTS, Channel.VOICE)
    left = states.get(MessageState.QUEUED, 0)
    gone = sum(n for state, n in states.items() if tally.billed(state))
    return render_template(
        "planning/stop.html", campaign=campaign, left=left, gone=gone
    )


@bp.post("/<int:campaign_id>/stop")
@needs(Action.STOP_CAMPAIGNS)
def stop(campaign_id: int) -> Response:
    """End it for good."""
    return _steer(
        campaign_id, "cancel_campaign", lifecycle.cancel, _("已停止。没发的不再发。")
    )


@bp.post("/<int:campaign_id>/countersign")
@needs(Action.COUNTERSIGN)
def countersign(campaign_id: int) -> Response:
    """Sign what a colleague released alone, from whichever page tells of it."""
    return _steer(campaign_id, "countersign", emergency.countersign, _("已补签。"))


def _steer(
    campaign_id: int, deed: str, step: Callable[..., Campaign], done: str
) -> Response:
    """One step, noted, and back to the page that asked for it."""
    by, moment = acting().user_id, now()
    with reading() as session:
        require_for(session, found(session, campaign_id))
    with saying_why():
        with writing() as session:
            show_all(session)
            step(session, campaign_id, by=by, now=moment)
            noted(session, deed, f"campaign:{campaign_id}")
        flash(done, "good")
    back = local(request.form.get("page"))
    return redirect(back or url_for("planning.show", campaign_id=campaign_id), 303)
