"""The register: finding a person, how to reach them, revealing with a reason."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.audience.explaining import explain
from campaigns.register import departures, members, merged, optouts
from campaigns.register.approach import approach
from campaigns.register.members import Filters, get_member
from outreach import audit, looks, quotas, rows
from outreach.access import Action, may, scope
from outreach.providers import calls_here
from outreach.web import register_lists
from outreach.web.contacting import history
from outreach.web.forms import Typed, asked_id
from outreach.web.gate import acting, needs, now, reading, wired, writing

bp = Blueprint("register", __name__, url_prefix="/register")
_WRONG = 422
REASONS = ("check", "call", "task", "other")
FIELDS = ("name", "phone", "guardian_name", "guardian_phone", "address")
NUMBERS = ("id_number", "certificate")


@bp.get("")
@needs(Action.LIST_MEMBERS)
def index() -> str:
    """People within one's scope, fifty a page, masked."""
    after, before = asked_id("after"), asked_id("before")
    filters = register_lists.filters_asked()
    with reading() as db:
        mine = scope(acting())
        page = members.find_members(
            db, scope=mine, filters=filters, after=after, before=before
        )
        counts = members.count_members(db, mine)
        places = register_lists.places(db, mine)
        pairs = None if request.args else register_lists.pairs(db, mine)
    return register_lists.page(page, counts, places, filters, pairs=pairs)


@bp.post("/find")
@needs(Action.LIST_MEMBERS)
def find() -> str:
    """Find by whole name, phone or number; posted, so that no address holds it."""
    sought = request.form.get("find", "").strip()[:60]
    with writing() as db:
        mine = scope(acting())
        page = members.find_members(db, scope=mine, filters=Filters(find=sought))
        counts = members.count_members(db, mine)
        places = register_lists.places(db, mine)
        _note(db, "find_member", details={"found": page.total})
    return register_lists.page(page, counts, places, Filters(), sought=sought)


@bp.get("/<int:member_id>")
@needs(Action.OPEN_MEMBER)
def show(member_id: int) -> str:
    """One person: how to reach them and why, what is known, what was sent."""
    with reading() as db:
        member = get_member(db, scope(acting()), member_id)
        return render_template(
            "register/show.html",
            member=member,
            how=explain(db, member, now(), voice=calls_here(wired().settings)),
            approach=approach(member),
            places=register_lists.names(db, member),
            refusal=register_lists.refusal_of(db, member),
            departure=departures.standing(db, member_id),
            history=history(db, *merged.all_rows(db, member_id)),
            merges=merged.into(db, member_id),
            merged_into=merged.of(db, member_id),
        )


@bp.get("/<int:member_id>/reveal")
@needs(Action.REVEAL)
def ask_to_reveal(member_id: int) -> str:
    """Which fields, and why; for five minutes after an answer, the fields."""
    with reading() as db:
        member = get_member(db, scope(acting()), member_id)
        seen = looks.standing(db, acting(), member_id, now())
    if not seen or "other" in request.args:
        return _reveal_form(member_id, Typed(), member.name)
    shown = [name for name in _allowed() if name in seen]
    return render_template(
        "register/revealed.html",
        member_id=member_id,
        shown=[(f"field.{name}", getattr(member, name)) for name in shown],
        until=min(seen.values()),
    )


@bp.post("/<int:member_id>/reveal")
@needs(Action.REVEAL)
def reveal(member_id: int) -> register_lists.Answer:
    """Open the fields for a short time, here alone; who, what and why are recorded."""
    typed = Typed()
    fields = [name for name in typed.all("fields") if name in _allowed()]
    typed.choice("reason", REASONS, _("请选一个理由。"))
    if not fields:
        typed.wrong("fields", _("请勾选要看的内容。"))
    with writing() as db:
        member = get_member(db, scope(acting()), member_id)
        if not typed:
            return _reveal_form(member_id, typed, member.name), _WRONG
        _within_quotas(db, fields)
        facts = {"fields": fields, "reason": typed["reason"], "visit": acting().visit}
        _note(db, "reveal", f"member:{member_id}", details=facts)
    return redirect(url_for("register.ask_to_reveal", member_id=member_id), 303)


@bp.get("/<int:member_id>/refusal")
@needs(Action.RECORD_REFUSAL)
def refusal(member_id: int) -> str:
    """The form for a refusal of this person."""
    with reading() as db:
        get_member(db, scope(acting()), member_id)
    typed = Typed(scope="tips", source="phone")
    return render_template("register/refusal.html", typed=typed, member_id=member_id)


@bp.post("/<int:member_id>/refusal")
@needs(Action.RECORD_REFUSAL)
def record_refusal(member_id: int) -> register_lists.Answer:
    """Record it; it counts at once, for campaigns under way too."""
    typed = Typed()
    with typed.catching("scope"), writing() as db:
        member = get_member(db, scope(acting()), member_id)
        rows.show_all(db)
        optouts.record_refusal(
            db,
            member=member,
            scope=typed["scope"],
            source=typed.choice(
                "source", register_lists.SOURCES, _("请选怎么提出的。")
            ),
            evidence=typed.text("evidence") or None,
            recorded_by=acting().user_id,
            now=now(),
        )
        _note(db, "record_refusal", f"member:{member_id}")
    return register_lists.after_refusal(typed, member_id)


def _within_quotas(db: Session, fields: list[str]) -> None:
    """Raises Refused for one look too many today, at numbers counted by themselves."""
    me, moment = acting(), now()
    quotas.spend(db, me, Action.REVEAL, "reveal", now=moment)
    if {*fields} & {*NUMBERS}:
        quotas.spend(db, me, Action.REVEAL_ID, "reveal", counts=_numbers, now=moment)


def _numbers(row: audit.AuditRow) -> bool:
    return bool({*row.details.get("fields", ())} & {*NUMBERS})


def _allowed() -> tuple[str, ...]:
    numbers = NUMBERS if may(acting(), Action.REVEAL_ID) else ()
    return FIELDS + numbers


def _reveal_form(member_id: int, typed: Typed, name: str) -> str:
    return render_template(
        "register/reveal.html",
        typed=typed,
        errors=typed.errors,
        member_id=member_id,
        name=name,
        fields=_allowed(),
        ticked=typed.all("fields"),
        reasons=REASONS,
    )


def _note(
    db: Session,
    deed: str,
    subject: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    me = acting()
    audit.note(
        db,
        deed,
        subject,
        user_id=me.user_id,
        role=me.role or "",
        details=details,
        now=now(),
    )
