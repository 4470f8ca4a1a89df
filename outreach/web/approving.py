"""When the second person is not in the office: a link to their phone, or paper."""

from __future__ import annotations

from io import BytesIO

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.errors import NotReady, Refused, mark
from campaigns.planning import approving
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState
from outreach import approvers
from outreach.access import Action
from outreach.web.campaign_check import checked, found, require_for
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.noting import noted
from outreach.web.qr import qr_code

bp = Blueprint("approving", __name__, url_prefix="/planning")
_WRONG = 422


@bp.get("/<int:campaign_id>/approval")
@needs(Action.SUBMIT_CAMPAIGNS)
def ways(campaign_id: int) -> str:
    """Whom one may ask, and the other ways."""
    with reading() as session:
        return _ways(session, campaign_id, Typed())


@bp.post("/<int:campaign_id>/approval")
@needs(Action.SUBMIT_CAMPAIGNS)
def ask(campaign_id: int) -> str | tuple[str, int]:
    """A link for one colleague, good for this content alone."""
    typed = Typed()
    with writing() as session:
        campaign = waiting(session, campaign_id)
        people = {str(it.user_id): it for it in approvers.approvers(session, campaign)}
        chosen = typed.choice("user", people, _("请选一位同事。"))
        if not typed:
            return _ways(session, campaign_id, typed), _WRONG
        one = people[chosen]
        path = approvers.ask(campaign, one.user_id, wired().signer, now())
        subject = f"campaign:{campaign_id}"
        noted(session, "ask_approval", subject, asked=one.user_id)
        name = campaign.name
    settings = wired().settings
    address = settings.own_url + path
    return render_template(
        "planning/approval_link.html",
        campaign_id=campaign_id,
        name=name,
        shown_as=one.shown_as,
        address=address,
        until=now() + approvers.LIVES,
        code=qr_code(address) if settings.public_url else None,
    )


@bp.get("/<int:campaign_id>/paper")
@needs(Action.ENTER_APPROVAL)
def paper(campaign_id: int) -> str:
    """The form for what was signed on paper, below exactly what it is about."""
    with reading() as session:
        return _paper(session, campaign_id, Typed())


@bp.post("/<int:campaign_id>/paper")
@needs(Action.ENTER_APPROVAL)
def enter(campaign_id: int) -> Answer | tuple[str, int]:
    """Who entered it is kept as having entered it, not as having signed."""
    typed, file = Typed(), request.files.get("scan")
    scan = file.read(approving.LARGEST_SCAN + 1) if file else b""
    if not typed.ticked("read"):
        typed.wrong("read", _("看过以后请打勾。"))
    if typed:
        with typed.catching("signer"), writing() as session:
            waiting(session, campaign_id)
            _enter(session, campaign_id, typed, scan)
    if typed:
        flash(_("已录入。10 分钟以后开始，在那以前可以撤回。"), "good")
        return redirect(url_for("planning.show", campaign_id=campaign_id), 303)
    with reading() as session:
        return _paper(session, campaign_id, typed), _WRONG


@bp.get("/<int:campaign_id>/paper/scan")
@needs(Action.READ_CAMPAIGNS)
def scan(campaign_id: int) -> Response:
    """The photograph of the signed form, to keep; never shown inside a page."""
    with writing() as session:
        found(session, campaign_id)
        content, kind = approving.scan_of(session, campaign_id)
        noted(session, "show_scan", f"campaign:{campaign_id}")
    name = f"{campaign_id}.{kind.rpartition('/')[2]}"
    return send_file(BytesIO(content), kind, as_attachment=True, download_name=name)


def _enter(session: Session, campaign_id: int, typed: Typed, scan: bytes) -> None:
    signer = typed.text("signer", longest=60)
    if acting().shown_as in signer:
        raise Refused(mark("自己不能替自己签。请写在纸上签字的那一位。"))
    signed = approving.Paper(signer, typed.text("number", longest=60), scan)
    content = typed["content_hash"]
    approving.on_paper(
        session,
        campaign_id,
        signed,
        by=acting().user_id,
        content_hash=content,
        now=now(),
    )
    noted(session, "enter_approval", f"campaign:{campaign_id}", content=content)


def waiting(session: Session, campaign_id: int) -> Campaign:
    """The campaign, while it waits for approval. Raises NotReady otherwise."""
    campaign = found(session, campaign_id)
    require_for(session, campaign)
    if campaign.status is not CampaignState.SUBMITTED:
        raise NotReady(mark("这个任务没有在等批准，可能已经有人办了。"))
    return campaign


def _ways(session: Session, campaign_id: int, typed: Typed) -> str:
    campaign = waiting(session, campaign_id)
    return render_template(
        "planning/approval.html",
        campaign=campaign,
        people=approvers.approvers(session, campaign),
        typed=typed,
        errors=typed.errors,
    )


def _paper(session: Session, campaign_id: int, typed: Typed) -> str:
    campaign = waiting(session, campaign_id)
    values = checked(session, campaign)
    return render_template("planning/paper.html", **values, typed=typed)
