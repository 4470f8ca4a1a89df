"""Refusals: recorded by number, asked of each one behind it, lifted by two people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.delivery import gating
from campaigns.errors import NotFound, mark
from campaigns.register import members, optouts
from campaigns.register.models import Member, OptOut
from campaigns.register.scope import Scope
from outreach import accounts, rows
from outreach.access import Action, scope
from outreach.accounts import Role
from outreach.web import refuse, register_lists
from outreach.web.forms import Typed
from outreach.web.gate import (
    acting,
    needs,
    now,
    reading,
    writing,
)
from outreach.web.noting import noted

bp = Blueprint("refusals", __name__, url_prefix="/register/refusals")
_WRONG = 422


@bp.get("")
@needs(Action.RECORD_REFUSAL)
def index() -> str:
    """Refusals of people within scope, the newest first, lifted ones too."""
    with reading() as db:
        found = register_lists.refusals(db, _scope())
        known = {refusal.recorded_by for refusal, _member in found}
        names = accounts.names_of(db, list(known))
    return render_template("refusals/index.html", rows=found, names=names)


@bp.get("/new")
@needs(Action.RECORD_REFUSAL)
def new() -> str:
    """The form: a number, what it refuses, and how that was said."""
    typed = Typed(scope="tips", source="phone")
    return render_template("refusals/new.html", typed=typed, errors={})


@bp.post("/new")
@needs(Action.RECORD_REFUSAL)
def record() -> Response | tuple[str, int]:
    """Record it; the page never says whether the number is on the register."""
    typed = Typed()
    source = typed.choice("source", register_lists.SOURCES, _("请选来源。"))
    with typed.catching("phone"), writing() as db:
        refuse.by_number(db, typed, source, by=acting().user_id)
        noted(db, "record_refusal")
    if not typed:
        form = render_template("refusals/new.html", typed=typed, errors=typed.errors)
        return form, _WRONG
    flash(_("拒收已登记，现在就算数。台风、洪水等紧急提示仍会发。"), "good")
    return redirect(url_for("refusals.index"), 303)


@bp.get("/<int:refusal_id>/ask")
@needs(Action.RECORD_REFUSAL)
def ask(refusal_id: int) -> str:
    """Each person behind a shared phone, and what they wish."""
    with reading() as db:
        return _wishes(db, refusal_id, Typed())


@bp.post("/<int:refusal_id>/ask")
@needs(Action.RECORD_REFUSAL)
def keep(refusal_id: int) -> Response | tuple[str, int]:
    """Keep each one's wish; what was waiting for who refused ends at once."""
    typed = Typed()
    with typed.catching("evidence"), writing() as db:
        refusal, people = _shared(db, refusal_id)
        said = {member.id: typed[f"wish-{member.id}"] for member in people}
        me, words = acting().user_id, typed["evidence"]
        optouts.keep_wishes(db, refusal_id, said, evidence=words, by=me, now=now())
        gating.end_refused(db, refusal.phone_index, now())
        noted(db, "keep_wishes", f"refusal:{refusal_id}")
    if not typed:
        with reading() as db:
            return _wishes(db, refusal_id, typed), _WRONG
    flash(_("每个人的意愿都登记了。"), "good")
    return redirect(url_for("refusals.index"), 303)


@bp.get("/<int:refusal_id>/lift")
@needs(Action.LIFT_REFUSAL)
def lifting(refusal_id: int) -> str:
    """Who wishes it lifted and how we know; or the second person's button."""
    with reading() as db:
        return _lifting(db, refusal_id, Typed())


@bp.post("/<int:refusal_id>/ask-to-lift")
@needs(Action.LIFT_REFUSAL)
def ask_to_lift(refusal_id: int) -> Response | tuple[str, int]:
    """Write down how the person said that they wish to hear again."""
    typed = Typed()
    with typed.catching("evidence"), writing() as db:
        me, words = acting().user_id, typed["evidence"]
        optouts.ask_to_lift(db, refusal_id, evidence=words, by=me, now=now())
        noted(db, "ask_to_lift_refusal", f"refusal:{refusal_id}")
    if not typed:
        with reading() as db:
            return _lifting(db, refusal_id, typed), _WRONG
    flash(_("凭据记下了，请另一位同事解除。"), "good")
    return redirect(url_for("refusals.index"), 303)


@bp.post("/<int:refusal_id>/lift")
@needs(Action.LIFT_REFUSAL)
def lift(refusal_id: int) -> Response:
    """End a refusal at the person's wish; never by whoever asked for it."""
    with writing() as db:
        optouts.lift(db, refusal_id, by=acting().user_id, now=now())
        noted(db, "lift_refusal", f"refusal:{refusal_id}")
    flash(_("拒收已解除。"), "good")
    return redirect(url_for("refusals.index"), 303)


def _scope() -> Scope | None:
    return None if acting().role is Role.COORDINATOR else scope(acting())


def _shared(db: Session, refusal_id: int) -> tuple[OptOut, list[Member]]:
    """The refusal and everybody behind its phone, where all are within scope."""
    rows.show_all(db)
    refusal = optouts.get_refusal(db, refusal_id)
    people = members.sharing(db, refusal.phone_index)
    for member in people:
        members.get_member(db, _scope() or Scope.everything(), member.id)
    if not people and _scope() is not None:
        raise NotFound(mark("没有找到这条拒收。请从列表里选。"))
    return refusal, people


def _wishes(db: Session, refusal_id: int, typed: Typed) -> str:
    refusal, people = _shared(db, refusal_id)
    return render_template(
        "refusals/ask.html",
        refusal=refusal,
        people=people,
        typed=typed,
        errors=typed.errors,
    )


def _lifting(db: Session, refusal_id: int, typed: Typed) -> str:
    refusal = optouts.get_refusal(db, refusal_id)
    who = accounts.names_of(db, [refusal.recorded_by, refusal.lift_asked_by])
    return render_template(
        "refusals/lift.html",
        refusal=refusal,
        names=who,
        typed=typed,
        errors=typed.errors,
    )
