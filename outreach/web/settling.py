"""One text in doubt: its person says that it came, or somebody goes to them instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.delivery import doubts, looking
from campaigns.fieldwork.doubted import visit_instead
from outreach.access import Action, scope
from outreach.rows import show_all
from outreach.web.campaign_check import found
from outreach.web.forms import saying_why
from outreach.web.gate import acting, needs, now, writing
from outreach.web.noting import noted

bp = Blueprint("settling", __name__, url_prefix="/delivery/messages")


@bp.post("/<int:message_id>/received")
@needs(Action.SETTLE_DOUBTS)
def received(message_id: int) -> Response:
    """Whoever it went to says that it came: it counts as delivered."""

    def deed(session: Session, moment: datetime) -> str:
        doubts.confirm(session, message_id, moment)
        noted(session, "confirm_received", f"message:{message_id}")
        return _("记下了：已收到。")

    return _done(message_id, deed)


@bp.post("/<int:message_id>/visit")
@needs(Action.SETTLE_DOUBTS)
def visit(message_id: int) -> Response:
    """Somebody goes now; nothing is sent again."""

    def deed(session: Session, moment: datetime) -> str:
        visit_instead(session, message_id, moment)
        noted(session, "visit_doubted", f"message:{message_id}")
        return _("已改为走访。短信不会重发；回执晚到，走访会自己了结。")

    return _done(message_id, deed)


def _done(message_id: int, deed: Callable[[Session, datetime], str]) -> Response:
    """One deed of a person within one's scope, and back to the doubts."""
    with writing() as session:
        campaign = found(session, looking.campaign_of(session, message_id)).id
        looking.get_person(session, message_id, scope(acting()))
    with saying_why():
        with writing() as session:
            show_all(session)
            said = deed(session, now())
        flash(said, "good")
    return redirect(url_for("messages.doubts", campaign_id=campaign), 303)
