"""Forgetting a person at their wish: one colleague asks, another agrees."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.fieldwork import erasing
from campaigns.register import erasures
from campaigns.register.members import get_member
from outreach import accounts, erasure_list
from outreach.access import Action, scope
from outreach.rows import show_all
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.noting import noted

bp = Blueprint("erasing", __name__, url_prefix="/register")
_WRONG = 422


@bp.get("/erasures")
@needs(Action.ERASE_MEMBER)
def index() -> str:
    """What waits for a second person, and who was forgotten."""
    with reading() as db:
        waiting, done = erasures.waiting(db), erasures.done(db)
        people = [p for w in (*waiting, *done) for p in (w.asked_by, w.agreed_by)]
        names = accounts.names_of(db, people)
    page = "register/erasures.html"
    return render_template(page, waiting=waiting, done=done, names=names)


@bp.get("/<int:member_id>/erase")
@needs(Action.ERASE_MEMBER)
def ask(member_id: int) -> str:
    """What goes, what stays, and how we know that the person wishes it."""
    with reading() as db:
        get_member(db, scope(acting()), member_id)
    return _form(member_id, Typed())


@bp.post("/<int:member_id>/erase")
@needs(Action.ERASE_MEMBER)
def keep(member_id: int) -> Response | tuple[str, int]:
    """Write the wish down; nothing goes yet."""
    typed = Typed()
    with typed.catching("evidence"), writing() as db:
        member = get_member(db, scope(acting()), member_id)
        me, words = acting().user_id, typed["evidence"]
        erasures.ask(db, member, evidence=words, by=me, now=now())
        noted(db, "ask_erasure", f"member:{member_id}")
    if not typed:
        return _form(member_id, typed), _WRONG
    flash(_("记下了，请另一位同事同意。"), "good")
    return redirect(url_for("erasing.index"), 303)


@bp.post("/erasures/<int:erasure_id>/agree")
@needs(Action.ERASE_MEMBER)
def agree(erasure_id: int) -> Response:
    """Forget them, and write it where a restored copy will read it."""
    with writing() as db:
        show_all(db)
        wish = erasures.agree(db, erasure_id, by=acting().user_id)
        wishes = erasing.erase(db, wish, now())
        noted(db, "erase_member", f"member:{wish.member_id}")
        erasure_list.add(wired().settings, wishes, now())
    flash(_("资料已删除，不能恢复。拒收登记还在，按号码的密文索引保存。"), "good")
    return redirect(url_for("erasing.index"), 303)


@bp.post("/erasures/<int:erasure_id>/drop")
@needs(Action.ERASE_MEMBER)
def drop(erasure_id: int) -> Response:
    """They stay."""
    with writing() as db:
        wish = erasures.drop(db, erasure_id, now=now())
        noted(db, "drop_erasure", f"member:{wish.member_id}")
    flash(_("没有删除。"), "good")
    return redirect(url_for("erasing.index"), 303)


def _form(member_id: int, typed: Typed) -> str:
    page = "register/erase.html"
    return render_template(page, typed=typed, errors=typed.errors, member_id=member_id)
