"""Refusing without a sign-in, a reply or a call; paper notices name the address."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery import gating
from campaigns.register.phones import read_phone
from outreach import rows
from outreach.web.forms import Typed
from outreach.web.gate import now, open_to_everyone, writing
from outreach.web.noting import noted
from outreach.web.safety import limiter

bp = Blueprint("refuse", __name__, url_prefix="/refuse")
_WRONG = 422
_EVIDENCE = 500


@bp.get("")
@open_to_everyone
def show() -> str:
    """For whoever wishes no more texts."""
    return render_template("refusals/own.html", typed=Typed(scope="tips"), errors={})


@bp.post("")
@open_to_everyone
@limiter.limit("5/minute")
def stop() -> tuple[str, int]:
    """It counts at once; the page says the same for every number."""
    typed = Typed()
    with typed.catching("phone"), writing() as db:
        by_number(db, typed, "web", by=None)
        noted(db, "record_refusal")
    page, status = ("own", _WRONG) if not typed else ("refused", 200)
    shown = render_template(f"refusals/{page}.html", typed=typed, errors=typed.errors)
    return shown, status


def by_number(db: Session, typed: Typed, source: str, *, by: int | None) -> None:
    """Record what a form says; texts that wait for this phone end at once."""
    rows.show_all(db)
    gating.refuse(
        db,
        privacy.blind("phone", read_phone(typed["phone"])),
        now(),
        scope=typed["scope"],
        source=source,
        evidence=typed["evidence"].strip()[:_EVIDENCE] or request.path,
        recorded_by=by,
    )
