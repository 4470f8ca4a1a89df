"""Send a bulletin's text to one's own phone, and see how far it is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.bulletins.sms_length import bracketed
from campaigns.delivery import trials
from campaigns.errors import CampaignError, mark
from campaigns.register.phones import COUNTRY
from campaigns.register.unit import current_unit
from outreach import quotas, trying
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import sentence
from outreach.web.noting import noted
from outreach.web.nudging import nudge
from outreach.web.own_bulletins import opened

bp = Blueprint("trying", __name__, url_prefix="/bulletins")
_DEED = "test_send"
_SPENT = mark("今天已经试发了 %(n)s 次，到了上限。明天再试。")


@bp.get("/<int:bulletin_id>/trial")
@needs(Action.TEST_SEND)
def show(bulletin_id: int) -> str:
    """The exact words, one's number, and what became of the last ones."""
    with reading() as db:
        last = trials.last_phone(db, acting().user_id)
        typed = Typed(phone=last.removeprefix(COUNTRY))
    return _page(bulletin_id, typed)


@bp.post("/<int:bulletin_id>/trial")
@needs(Action.TEST_SEND)
def ask(bulletin_id: int) -> Response | tuple[str, int]:
    """Queue it; a worker hands it over within seconds."""
    typed, made = Typed(), 0
    phone = typed.text("phone", _("请填您自己的手机号。"), longest=20)
    if typed:
        with typed.catching("phone"), writing() as db:
            made = _ask(db, bulletin_id, phone)
    if not typed:
        return _page(bulletin_id, typed), 422
    nudge("sending.try_out", made)
    flash(_("正在发到您的手机。过几秒刷新看看。"), "good")
    return redirect(url_for("trying.show", bulletin_id=bulletin_id), 303)


def _ask(db: Session, bulletin_id: int, phone: str) -> int:
    me = acting()
    _bulletin, version = opened(db, bulletin_id)
    quotas.spend(db, me, Action.TEST_SEND, _DEED, sentence=_SPENT, now=now())
    settings = wired().settings
    made = trying.ask(db, settings, version, phone=phone, by=me.user_id, now=now())
    noted(db, _DEED, f"bulletin:{bulletin_id}", trial=made.id)
    return made.id


def _page(bulletin_id: int, typed: Typed) -> str:
    with reading() as db:
        bulletin, version = opened(db, bulletin_id)
        tried = trials.own(db, acting().user_id, version.id, now())
        try:
            front = bracketed(current_unit(db).signature)
            text, fault = front + trials.wording(db, version), ""
        except CampaignError as error:
            text, fault = "", sentence(error)
        left = quotas.left(db, acting(), Action.TEST_SEND, _DEED, now=now())
    return render_template(
        "bulletins/trial.html",
        bulletin=bulletin,
        typed=typed,
        errors=typed.errors,
        text=text,
        fault=fault,
        tried=tried,
        open=any(state in trials.UNSETTLED for _trial, state in tried),
        left=left,
    )
