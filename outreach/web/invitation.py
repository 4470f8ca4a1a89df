"""Accepting an invitation: one sees what it is for, and sets one's own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from outreach import account_admin, granting, invitations
from outreach.web.forms import Typed
from outreach.web.gate import now, open_to_everyone, reading, wired, writing
from outreach.web.noting import noted
from outreach.web.safety import limiter

bp = Blueprint("invitation", __name__, url_prefix="/invitation")
_WRONG = 422


@bp.get("/<token>")
@open_to_everyone
@limiter.limit("60/minute")
def show(token: str) -> str:
    """Account, role and place first, then the password; typed once, and shown on wish.

    A phone that looks at the address before its owner does uses nothing up.
    """
    return _page(token, Typed())


@bp.post("/<token>")
@open_to_everyone
@limiter.limit("20/minute")
def accept(token: str) -> Response | tuple[str, int]:
    """The password is set, and the address opens nothing any more."""
    typed, signer = Typed(), wired().signer
    mixed = wired().settings.mixed_passwords
    with typed.catching("password"), writing() as db:
        user = invitations.accept(
            db, token, typed["password"], mixed=mixed, signer=signer, now=now()
        )
        noted(db, "accept_invitation", f"user:{user.id}")
    if not typed:
        return _page(token, typed), _WRONG
    flash(_("密码设好了。请用它登录。"), "good")
    return redirect("/sign-in", 303)


def _page(token: str, typed: Typed) -> str:
    with reading() as db:
        found = invitations.invited(db, token, wired().signer, now())
        return render_template(
            "sign_in/invitation.html",
            invitation=found,
            grants=granting.standing(db, found.user_id),
            places=account_admin.places(db),
            typed=typed,
            errors=typed.errors,
        )
