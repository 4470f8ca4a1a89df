"""Needs: raised at a visit or by telephone, passed on, and asked about until solved."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.fieldwork import needs as ledger
from campaigns.register.members import get_member
from campaigns.vocabulary import NeedKind
from outreach.access import Action, scope
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted

bp = Blueprint("needs", __name__, url_prefix="/fieldwork/needs")
_WRONG = 422


@bp.get("")
@needs(Action.READ_VISITS)
def index() -> str:
    """What people need and nobody has closed yet, the soonest due first."""
    return _list(Typed())


@bp.get("/new/<int:member_id>")
@needs(Action.RECORD_VISITS)
def ask(member_id: int) -> str:
    """The form for a need that a person told by telephone."""
    with reading() as session:
        get_member(session, scope(acting()), member_id)
    return _form(member_id, Typed())


@bp.post("/new/<int:member_id>")
@needs(Action.RECORD_VISITS)
def add(member_id: int) -> Response | tuple[str, int]:
    """Write it down."""
    typed = Typed()
    kind = typed.choice("kind", set(NeedKind), _("请选一种需求。"))
    with typed.catching("words"), writing() as session:
        member = get_member(session, scope(acting()), member_id)
        if typed:
            me, words = acting().user_id, typed.text("words")
            what = NeedKind(kind)
            ledger.raise_need(session, member, what, words, by=me, now=now())
            noted(session, "raise_need", f"member:{member_id}")
            flash(_("需求已登记。"), "good")
            return redirect(url_for("needs.index"), 303)
    return _form(member_id, typed), _WRONG


@bp.post("/<int:need_id>/pass-on")
@needs(Action.RECORD_VISITS)
def pass_on(need_id: int) -> Response | tuple[str, int]:
    """Hand it to another office."""
    typed = Typed()
    asked = _("写明转给哪个单位，最多 60 个字。")
    office = typed.text(f"office-{need_id}", asked, longest=60)
    with writing() as session:
        need = ledger.get_need(session, scope(acting()), need_id)
        if typed:
            with saying_why():
                ledger.pass_on(session, need, office, now=now())
                noted(session, "pass_need", f"need:{need_id}")
                flash(_("已转办。转办不算解决，还要问本人。"), "good")
            return redirect(url_for("needs.index"), 303)
    return _list(typed), _WRONG


@bp.post("/<int:need_id>/close")
@needs(Action.RECORD_VISITS)
def close(need_id: int) -> Response:
    """Close it with the person's own answer."""
    solved = request.form.get("solved") == "solved"
    with writing() as session:
        need = ledger.get_need(session, scope(acting()), need_id)
        ledger.close(session, need, solved=solved, by=acting().user_id, now=now())
        noted(session, "close_need", f"need:{need_id}")
    flash(_("需求已办结。"), "good")
    return redirect(url_for("needs.index"), 303)


def _list(typed: Typed) -> str:
    with reading() as session:
        return render_template(
            "fieldwork/needs.html",
            found=ledger.open_needs(session, scope(acting())),
            moment=now(),
            typed=typed,
            errors=typed.errors,
        )


def _form(member_id: int, typed: Typed) -> str:
    kinds = [(kind.value, shown_word(f"need_kind.{kind}")) for kind in NeedKind]
    return render_template(
        "fieldwork/need_new.html",
        member_id=member_id,
        typed=typed,
        errors=typed.errors,
        kinds=kinds,
    )
