"""Review and issue: a second person reads all four forms and decides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.bulletins import changes, readiness, review
from campaigns.bulletins.changes import Piece
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.vocabulary import BulletinState, Duty
from outreach.access import Action
from outreach.accounts import names_of
from outreach.providers import calls_here
from outreach.web.forms import Typed
from outreach.web.four_forms import four_forms
from outreach.web.frame import day
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import sentence, shown_word
from outreach.web.noting import noted
from outreach.web.own_bulletins import opened

bp = Blueprint("reviewing", __name__, url_prefix="/bulletins")
_CHECKED = ("issue", "pass")


@bp.get("/<int:bulletin_id>/review")
@needs(Action.ISSUE_BULLETINS)
def show(bulletin_id: int) -> str:
    """Everything that has to be read before it may be issued."""
    with reading() as session:
        return _page(session, *opened(session, bulletin_id), Typed())


@bp.post("/<int:bulletin_id>/review")
@needs(Action.ISSUE_BULLETINS)
def decide(bulletin_id: int) -> Response | tuple[str, int]:
    """Issue, pass on, or send back."""
    typed = Typed()
    deed = typed.choice("deed", ("issue", "pass", "return"), _("选一个按钮。"))
    if deed in _CHECKED and len(typed.all("checked")) < len(_checks()):
        typed.wrong("checked", _("请逐项看过，都打上勾。"))
    if typed:
        with typed.catching("reason" if deed == "return" else ""), writing() as session:
            _decide(session, bulletin_id, deed, typed)
    if typed:
        return redirect(url_for("bulletins.show", bulletin_id=bulletin_id), 303)
    with reading() as session:
        return _page(session, *opened(session, bulletin_id), typed), 422


def _decide(session: Session, bulletin_id: int, deed: str, typed: Typed) -> None:
    _bulletin, version = opened(session, bulletin_id)
    by, seen, moment = acting().user_id, typed["seen"], now()
    if deed == "return":
        review.send_back(session, version.id, by=by, reason=typed["reason"])
        flash(_("已退回给拟稿人。"), "good")
        done = "return_bulletin"
    elif deed == "issue":
        heard = typed["heard_by"].strip() or None
        if heard and typed.ticked("call_heard"):
            review.confirm_call_heard(session, version.id, heard, by=by, now=moment)
        issued = review.issue(
            session, version.id, by=by, seen=seen, now=moment, heard_by=heard
        )
        flash(_("已签发，文号 %(number)s。", number=issued.issue_number), "good")
        done = "issue_bulletin"
    else:
        review.review(session, version.id, by=by, seen=seen, now=moment)
        flash(_("审核通过，等签发。"), "good")
        done = "review_bulletin"
    noted(
        session,
        done,
        f"bulletin:{bulletin_id}",
        version=version.number,
        content=version.content_hash,
    )


def _page(
    session: Session, bulletin: Bulletin, version: BulletinVersion, typed: Typed
) -> str:
    writer = names_of(session, [version.written_by]).get(version.written_by or 0, "–")
    return render_template(
        "bulletins/review.html",
        bulletin=bulletin,
        version=version,
        typed=typed,
        ticked=typed.all("checked"),
        writer=writer,
        facts=_facts(version),
        faults=[sentence(each) for each in readiness.faults(session, version, now())],
        changes=_changes(bulletin, version),
        view=four_forms(session, bulletin, version, calls=calls_here(wired().settings)),
        checks=_checks(),
        duties=_duties(),
    )


def _facts(version: BulletinVersion) -> list[tuple[str, str]]:
    return [
        (_("来源和文号"), version.source or "–"),
        (_("要紧程度"), shown_word(f"urgency.{version.urgency.value}")),
        (shown_word("valid_until"), day(version.valid_until)),
    ]


def _changes(
    bulletin: Bulletin, version: BulletinVersion
) -> list[tuple[str, list[Piece]]]:
    before = [
        each
        for each in bulletin.versions
        if each.number < version.number
        and each.state in {BulletinState.ISSUED, BulletinState.SUPERSEDED}
    ]
    if not before:
        return []
    labels = {
        "sms_text": shown_word("sms_text"),
        "spoken_text": shown_word("spoken_text"),
        "easy_read": shown_word("easy_read_text"),
        "urgency": _("要紧程度"),
        "values": shown_word("variable"),
        "source": _("来源和文号"),
        "valid_until": shown_word("valid_until"),
    }
    found = changes.diff(before[-1], version)
    return [(labels[name], pieces) for name, pieces in found.items()]


def _checks() -> list[tuple[str, str]]:
    return [
        ("facts", _("事实核对过，和来源一致")),
        ("dates", _("日期没有过，星期没有错")),
        ("phone", _("电话拨打核实过")),
        ("personal", _("没有个人信息，看不出收信人的类别")),
        ("final", _("知道签发后不能改，只能出新版")),
    ]


def _duties() -> dict[str, Any]:
    held = acting().duties
    return {
        "review": not held or Duty.REVIEW in held,
        "issue": not held or Duty.ISSUE in held,
    }
