"""Settings: sending window and hold, narrowed by one person and widened by two."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.register import hours
from campaigns.register.hours import Hours
from campaigns.register.unit import current_unit
from outreach.access import Action
from outreach.accounts import names_of
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, reading, writing
from outreach.web.languages import clock
from outreach.web.noting import noted

bp = Blueprint("hours", __name__, url_prefix="/settings")
_WRONG = 422
_MINUTES = range(hours.EARLIEST, hours.LATEST + 1, 30)


@bp.get("")
@needs(Action.SET_WINDOW)
def show() -> str:
    """What holds, what is asked for, and the form."""
    return _page()


@bp.post("")
@needs(Action.SET_WINDOW)
def propose() -> Response | tuple[str, int]:
    """Stricter hours hold at once; wider ones wait for somebody else."""
    typed = Typed()
    wanted = _read(typed)
    if typed:
        with typed.catching("begin"), writing() as session:
            held = hours.propose(session, wanted, by=acting().user_id)
            _note(session, "set_window" if held else "propose_window", wanted)
    if not typed:
        return _page(typed), _WRONG
    done = _("已保存，从下一个任务起算数。")
    flash(done if held else _("放宽了，要另一位同事同意才算数。"), "good")
    return redirect(url_for("hours.show"), 303)


@bp.post("/agree")
@needs(Action.CONFIRM_WINDOW)
def agree() -> Response:
    """It holds for the campaigns that are made from now on."""
    with saying_why():
        with writing() as session:
            _note(session, "confirm_window", hours.agree(session, by=acting().user_id))
        flash(_("已同意，从下一个任务起算数。"), "good")
    return redirect(url_for("hours.show"), 303)


@bp.post("/drop")
@needs(Action.SET_WINDOW)
def drop() -> Response:
    """It stays as it is."""
    with writing() as session:
        hours.drop(session)
        noted(session, "drop_window")
    flash(_("不改了，还是原来的。"), "good")
    return redirect(url_for("hours.show"), 303)


def _note(session: Session, deed: str, one: Hours) -> None:
    noted(session, deed, "", begin=one.begin, end=one.end, hold=one.hold)


def _read(typed: Typed) -> Hours:
    wrong = _("请选一个时间。")
    begin = typed.number("begin", range(hours.LATEST + 1), wrong)
    end = typed.number("end", range(hours.LATEST + 1), wrong)
    seconds = _("请写 30 到 3600 的整数，单位是秒。")
    return Hours(begin, end, typed.number("hold", hours.HOLDS, seconds))


def _page(typed: Typed | None = None) -> str:
    with reading() as session:
        unit = current_unit(session)
        held, asked = hours.standing(unit), hours.asked(unit)
        who = names_of(session, [unit.asked_by]).get(unit.asked_by or 0, "–")
        mine = unit.asked_by == acting().user_id
    if typed is None:
        typed = Typed(begin=held.begin, end=held.end, hold=held.hold)
    return render_template(
        "start/hours.html",
        typed=typed,
        errors=typed.errors,
        held=_words(held),
        asked=_words(asked) if asked else "",
        who=who,
        mine=mine,
        times=[(str(minute), clock(minute)) for minute in _MINUTES],
    )


def _words(one: Hours) -> str:
    return _(
        "%(begin)s–%(end)s，批准后等 %(hold)s 秒",
        begin=clock(one.begin),
        end=clock(one.end),
        hold=one.hold,
    )
