"""Standing permissions: one proposes, another confirms, anybody withdraws."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.planning import permissions
from campaigns.planning.models import Permission
from campaigns.shanghai import day_of
from campaigns.vocabulary import Category
from outreach import approvers
from outreach.access import Action, may
from outreach.accounts import names_of
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted

bp = Blueprint("permissions", __name__, url_prefix="/planning/permissions")
_WRONG = 422
_HOLDS = "permission.holds"


@bp.get("")
@needs(Action.READ_PERMISSIONS)
def index() -> str:
    """Every permission with what is left of its month; the form for a new one."""
    return _page(Typed())


@bp.post("")
@needs(Action.PROPOSE_PERMISSION)
def propose() -> Response | tuple[str, int]:
    """It holds once somebody else confirms it."""
    typed = Typed()
    with reading() as session:
        known = {str(mask): mask for mask in approvers.associations(session)}
    mask = typed.choice("association", known, _("请选一个协会。"))
    asked = _("每月额度填 1 到 100,000 条。")
    quota = typed.number("quota", permissions.QUOTAS, asked)
    if typed:
        by = acting().user_id
        with typed.catching("association"), writing() as session:
            made = permissions.propose(session, known[mask], quota, by=by, now=now())
            subject = f"permission:{made.id}"
            facts = {"categories": known[mask], "quota": quota}
            noted(session, "propose_permission", subject, **facts)
    if not typed:
        return _page(typed), _WRONG
    flash(_("提出了，请另一位经办人确认。"), "good")
    return redirect(url_for("permissions.index"), 303)


@bp.post("/<int:permission_id>/confirm")
@needs(Action.CONFIRM_PERMISSION)
def confirm(permission_id: int) -> Response:
    """It holds for a year from today."""
    with saying_why():
        with writing() as session:
            by = acting().user_id
            one = permissions.confirm(session, permission_id, by=by, now=now())
            until = str(one.until)
            subject = f"permission:{permission_id}"
            noted(session, "confirm_permission", subject, until=until)
        flash(_("已确认，到 %(day)s 为止。", day=until), "good")
    return redirect(url_for("permissions.index"), 303)


@bp.post("/<int:permission_id>/withdraw")
@needs(Action.WITHDRAW_PERMISSION)
def withdraw(permission_id: int) -> Response:
    """It ends now, and what had not begun goes back to its maker."""
    with saying_why():
        with writing() as session:
            by = acting().user_id
            back = permissions.withdraw(session, permission_id, by=by, now=now())
            subject = f"permission:{permission_id}"
            noted(session, "withdraw_permission", subject, taken_back=back)
        flash(_("已收回。还没开始的 %(n)s 个任务退回了草稿。", n=len(back)), "good")
    return redirect(url_for("permissions.index"), 303)


def association_name(categories: int) -> str:
    """An association by the disabilities that it speaks for."""
    own = [each for each in Category if each.bit & categories]
    return _("、").join(shown_word(f"category_{int(each)}") for each in own)


def state_of(permission: Permission, moment: datetime) -> str:
    """The code of its state's word."""
    if permission.ended_at is not None:
        return "permission.ended"
    if permission.until is None:
        return "permission.waits"
    late = permission.until < day_of(moment)
    return "permission.late" if late else _HOLDS


def _page(typed: Typed) -> str:
    with reading() as session:
        found = permissions.every(session, acting().categories)
        states = {one.id: state_of(one, now()) for one in found}
        # Past ones stand there for ever, and nobody asks what is left of them.
        months = {
            one.id: permissions.month_of(session, one, now())
            for one in found
            if states[one.id] == _HOLDS
        }
        people = [each.proposed_by for each in found]
        people += [each.confirmed_by for each in found if each.confirmed_by]
        return render_template(
            "planning/permissions.html",
            rows=found,
            months=months,
            state_of=states,
            names=names_of(session, people),
            association_name=association_name,
            associations=_choices(session),
            typed=typed,
            errors=typed.errors,
        )


def _choices(session: Session) -> list[tuple[int, str, str]]:
    if not may(acting(), Action.PROPOSE_PERMISSION):
        return []
    return [
        (mask, association_name(mask), _("有 %(n)s 个人；放行要两个人", n=n))
        for mask, n in approvers.associations(session).items()
    ]
