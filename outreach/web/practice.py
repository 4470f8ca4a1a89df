"""Practice data: put there in one press, taken away in one press."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import Response as Answer
from flask_babel import gettext as _
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Response

from campaigns.register.practice import cast
from campaigns.words import word
from outreach import practice
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.frame import practising, unit
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.noting import noted

bp = Blueprint("practice", __name__, url_prefix="/start/practice")
_WRONG = 422


@bp.get("")
@needs(Action.SET_UP)
def show() -> str:
    """What practising is, or what would go."""
    return _page(Typed())


@bp.post("/begin")
@needs(Action.SET_UP)
def begin() -> Response | tuple[str, int]:
    """Put the invented village on the register."""
    typed = Typed()
    with typed.catching(), writing() as db:
        me = acting().user_id
        n = practice.begin(db, wired().settings, by=me, now=now())
        noted(db, "begin_practice", people=n)
    if not typed:
        return _page(typed), _WRONG
    said = _("练习村准备好了，有 %(n)s 位编出来的人。放心试，什么也不会发出去。", n=n)
    flash(said, "good")
    return redirect(url_for("start.show"), 303)


@bp.post("/remove")
@needs(Action.SET_UP)
def remove() -> Response | tuple[str, int]:
    """Take everything away that came of practice; accounts and settings stay."""
    typed = Typed()
    with typed.catching(), writing() as db:
        noted(db, "remove_practice", "", **practice.remove(db, now()))
    if not typed:
        return _page(typed), _WRONG
    practice.wipe(wired().settings)
    flash(_("练习数据已清除。账号、地名、单位设置和操作记录都还在。"), "good")
    return redirect(url_for("start.show"), 303)


@bp.after_app_request
def name_as_practice(answer: Answer) -> Answer:
    """A list or pack that was practised says so in its file's name.

    Sound keeps its name: old players at loudspeakers read no other letters.
    """
    named = answer.headers.get("Content-Disposition", "")
    kind, options = parse_options_header(named)
    sound = (answer.mimetype or "").startswith("audio/")
    if kind == "attachment" and not sound and practising():
        name = quote(f"{word('practice')}_{options.get('filename', '')}")
        told = {"filename*": f"UTF-8''{name}"}
        answer.headers.set("Content-Disposition", kind, **told)
    return answer


def _page(typed: Typed) -> str:
    with reading() as db:
        possible, figures = practice.possible(db), practice.figures(db)
    return render_template(
        "start/practice.html",
        errors=typed.errors,
        figures=figures,
        people=len(cast()),
        possible=possible and unit() is not None,
    )
