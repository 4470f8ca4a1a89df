"""How a person may be told and wishes to be, with evidence; guardians to tell of."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.register import consent
from campaigns.register.consent import PURPOSES, Wishes
from campaigns.register.members import get_member
from campaigns.register.models import Member
from campaigns.vocabulary import LegalBasis, Preference
from outreach import accounts
from outreach.access import Action, scope
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("consent", __name__, url_prefix="/register")
_WRONG = 422
_EVIDENCE = 500


@bp.get("/<int:member_id>/consent")
@needs(Action.RECORD_BASIS)
def ask(member_id: int) -> str:
    """What is on record, and the form to change it."""
    with reading() as db:
        member = get_member(db, scope(acting()), member_id)
        wishes = Wishes.of(member)
        bases = {f"basis_{it}": basis.value for it, basis in wishes.bases.items()}
        typed = Typed(preference=wishes.preference.value, **bases)
        return _page(db, member, wishes, typed)


@bp.post("/<int:member_id>/consent")
@needs(Action.RECORD_BASIS)
def keep(member_id: int) -> Response | tuple[str, int]:
    """Keep what the person said; it counts for every campaign from now on."""
    typed = Typed()
    wishes = _asked(typed)
    with typed.catching("evidence"), writing() as db:
        member = get_member(db, scope(acting()), member_id)
        me, words = acting().user_id, typed["evidence"][:_EVIDENCE]
        consent.keep(db, member, wishes, evidence=words, by=me, now=now())
        noted(db, "record_consent", f"member:{member_id}")
    if not typed:
        with reading() as db:
            member = get_member(db, scope(acting()), member_id)
            return _page(db, member, wishes, typed), _WRONG
    flash(_("记下了，以后都按这个办。"), "good")
    return redirect(url_for("register.show", member_id=member_id), 303)


@bp.get("/guardians")
@needs(Action.RECORD_BASIS)
def guardians() -> str:
    """Who has to be told that the guardian's phone is another one now."""
    return _guardians(Typed())


@bp.post("/<int:member_id>/guardian-told")
@needs(Action.RECORD_BASIS)
def told(member_id: int) -> Response | tuple[str, int]:
    """The person knows of it, and agrees or had it put right."""
    typed, by = Typed(), acting().user_id
    asked = _("请写谁、什么时候、怎么说的，作为凭据。")
    words = typed.text(f"evidence-{member_id}", asked, longest=_EVIDENCE)
    with writing() as db:
        member = get_member(db, scope(acting()), member_id)
        if typed:
            with saying_why():
                consent.told(db, member, evidence=words, by=by, now=now())
                noted(db, "tell_guardian_phone", f"member:{member_id}")
                flash(_("记下了。"), "good")
            return redirect(url_for("consent.guardians"), 303)
    return _guardians(typed), _WRONG


def _asked(typed: Typed) -> Wishes:
    def basis(name: str) -> LegalBasis:
        said = typed.choice(name, set(LegalBasis), _("请选一个联系依据。"))
        return LegalBasis(said) if said in set(LegalBasis) else LegalBasis.NONE

    said = typed.choice("preference", set(Preference), _("请选一种方式。"))
    return Wishes(
        {purpose: basis(f"basis_{purpose}") for purpose in PURPOSES},
        Preference(said) if said in set(Preference) else Preference.NONE,
        typed.ticked("guardian_copy"),
        typed.ticked("reads_aloud"),
    )


def _guardians(typed: Typed) -> str:
    with reading() as db:
        rows = consent.to_tell(db, scope(acting()))
    return render_template(
        "register/guardians.html", rows=rows, typed=typed, errors=typed.errors
    )


def _page(db: Session, member: Member, wishes: Wishes, typed: Typed) -> str:
    notes = consent.notes_of(db, member.id)
    return render_template(
        "register/consent.html",
        member=member,
        wishes=wishes,
        notes=notes,
        names=accounts.names_of(db, [note.recorded_by for note in notes]),
        purposes=PURPOSES,
        bases=list(LegalBasis),
        preferences=list(Preference),
        typed=typed,
        errors=typed.errors,
    )
