"""Sending again what stays in doubt: one person asks, another agrees."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.delivery import doubts
from campaigns.delivery.models import Resend
from campaigns.errors import NotFound, mark
from outreach.access import Action
from outreach.web.campaign_check import found, require_for
from outreach.web.forms import saying_why
from outreach.web.gate import acting, needs, now, writing
from outreach.web.noting import noted

bp = Blueprint("resending", __name__, url_prefix="/delivery")


@bp.post("/<int:campaign_id>/resend")
@needs(Action.SUBMIT_CAMPAIGNS)
def ask(campaign_id: int) -> Response:
    """Ask, with the reason."""

    def deed(session: Session) -> str:
        reason, by = request.form.get("reason", ""), acting().user_id
        wish = doubts.ask(session, campaign_id, reason, by=by, now=now())
        noted(session, "ask_resend", f"campaign:{campaign_id}", n=len(wish.messages))
        return _("申请了。请另一位同事来同意。")

    return _done(campaign_id, deed)


@bp.post("/<int:campaign_id>/resend/<int:wish_id>/agree")
@needs(Action.APPROVE_CAMPAIGNS)
def agree(campaign_id: int, wish_id: int) -> Response:
    """Agree: somebody may get it twice, and that is known."""

    def deed(session: Session) -> str:
        _wish(session, campaign_id, wish_id)
        wish = doubts.agree(session, wish_id, by=acting().user_id, now=now())
        noted(session, "agree_resend", f"campaign:{campaign_id}", n=wish.sent)
        return _("%(n)s 条回到待发送，马上重发。", n=wish.sent)

    return _done(campaign_id, deed)


@bp.post("/<int:campaign_id>/resend/<int:wish_id>/drop")
@needs(Action.SUBMIT_CAMPAIGNS)
def drop(campaign_id: int, wish_id: int) -> Response:
    """Leave it as it is."""

    def deed(session: Session) -> str:
        _wish(session, campaign_id, wish_id)
        doubts.drop(session, wish_id, now=now())
        noted(session, "drop_resend", f"campaign:{campaign_id}")
        return _("不重发了。")

    return _done(campaign_id, deed)


def _wish(session: Session, campaign_id: int, wish_id: int) -> None:
    wish = session.get(Resend, wish_id)
    if wish is None or wish.campaign_id != campaign_id:
        raise NotFound(mark("没有这个重发申请。"))


def _done(campaign_id: int, deed: Callable[[Session], str]) -> Response:
    """One deed in one transaction, and back to the doubts."""
    with saying_why():
        with writing() as session:
            require_for(session, found(session, campaign_id))
            said = deed(session)
        flash(said, "good")
    return redirect(url_for("messages.doubts", campaign_id=campaign_id), 303)
