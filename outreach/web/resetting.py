"""A lost phone and a lost sheet: an administrator proposes, a coordinator agrees."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from outreach import account_admin, own_sign_ins, second_step
from outreach.access import Action
from outreach.web.gate import acting, needs, now, writing
from outreach.web.noting import noted

bp = Blueprint("resetting", __name__, url_prefix="/accounts")


@bp.post("/<int:user_id>/code")
@needs(Action.RESET_SECOND_STEP)
def ask(user_id: int) -> Response:
    """Propose it, having seen who it is; nothing changes yet."""
    with writing() as db:
        account_admin.get_user(db, user_id)
        second_step.ask_reset(db, user_id, by=acting().user_id, now=now())
        noted(db, "ask_reset_second_step", f"user:{user_id}")
    flash(_("已提出。县残联经办人确认以后才重设。"), "good")
    return redirect(url_for("accounts.show", user_id=user_id), 303)


@bp.post("/grants/code/<int:user_id>/confirm")
@needs(Action.CONFIRM_RESET)
def confirm(user_id: int) -> Response:
    """The old phone and sheet open nothing; every sign-in of the person ends."""
    with writing() as db:
        second_step.confirm_reset(db, user_id, by=acting().user_id)
        own_sign_ins.sign_out_everywhere(db, user_id, now())
        noted(db, "reset_second_step", f"user:{user_id}")
    flash(_("已重设。本人下次登录以后再绑定手机或打印口令。"), "good")
    return redirect(url_for("granting.index"), 303)


@bp.post("/grants/code/<int:user_id>/refuse")
@needs(Action.CONFIRM_RESET)
def refuse(user_id: int) -> Response:
    """It stays as it is."""
    with writing() as db:
        second_step.refuse_reset(db, user_id)
        noted(db, "refuse_reset_second_step", f"user:{user_id}")
    flash(_("没有重设。"), "good")
    return redirect(url_for("granting.index"), 303)
