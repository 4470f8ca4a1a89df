"""Accounts: who may sign in, as what, where; for the administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from outreach import account_admin, accounts, granting, invitations, second_step
from outreach.access import Action
from outreach.accounts import Role, User
from outreach.web import grant_form
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.noting import noted
from outreach.web.qr import qr_code

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
_WRONG = 422
_INVITED = "accounts/invited.html"


@bp.get("")
@needs(Action.CHANGE_ACCOUNTS)
def index() -> str:
    """Every account with its roles, last sign-in and state."""
    with reading() as db:
        users = accounts.list_users(db)
        places = grant_form.places(db)
        waiting = invitations.waiting(db, now())
    return render_template(
        "accounts/index.html", users=users, places=places, waiting=waiting
    )


@bp.get("/new")
@needs(Action.CHANGE_ACCOUNTS)
def new() -> str:
    """The form for an account."""
    with reading() as db:
        typed = Typed(role=Role.COORDINATOR)
        return _form(typed, grant_form.places(db))


@bp.post("/new")
@needs(Action.CHANGE_ACCOUNTS)
def add() -> str | tuple[str, int]:
    """Make it, and the address with which its person sets the password."""
    typed = Typed()
    with reading() as db:
        places = grant_form.places(db)
    role, facts = grant_form.wanted(typed, places)
    name = typed.text("name", _("请填账号名。"), longest=40)
    shown_as = typed.text("shown_as", _("请填姓名或称呼。"), longest=60)
    if typed:
        me = acting().user_id
        small = grant_form.small_office()
        with typed.catching("name"), writing() as db:
            user = accounts.add_user(
                db, name=name, shown_as=shown_as, password=None, now=now()
            )
            grant = granting.propose(
                db, user, role=Role(role), **facts, small_office=small, by=me, now=now()
            )
            noted(db, "add_user", f"user:{user.id}")
            shown = _invited(db, user, waits=grant.waits)
    if not typed:
        return _form(typed, places), _WRONG
    return render_template(_INVITED, **shown)


@bp.get("/<int:user_id>")
@needs(Action.CHANGE_ACCOUNTS)
def show(user_id: int) -> str:
    """One account and what may be done with it."""
    with reading() as db:
        user = account_admin.get_user(db, user_id)
        return render_template(
            "accounts/show.html",
            user=user,
            places=grant_form.places(db),
            invited=invitations.waiting(db, now()).get(user_id),
            code=second_step.standing(db, user_id),
            asked=second_step.reset_waits(db, user_id),
        )


@bp.post("/<int:user_id>/<any(disable,enable,end):deed>")
@needs(Action.CHANGE_ACCOUNTS)
def change(user_id: int, deed: str) -> Response:
    """Disable, enable, or end sign-ins: at once, and undone by the other button."""
    with writing() as db:
        account_admin.change(db, user_id, deed, by=acting().user_id, now=now())
        names = {"disable": "disable_user", "enable": "enable_user"}
        noted(db, names.get(deed, "end_sign_ins"), f"user:{user_id}")
    flash(_("已办好，现在就算数。"), "good")
    return redirect(url_for("accounts.show", user_id=user_id), 303)


@bp.post("/<int:user_id>/invite")
@needs(Action.CHANGE_ACCOUNTS)
def invite(user_id: int) -> str:
    """A new address to set the password with: nobody chooses it for another."""
    with writing() as db:
        user = account_admin.get_user(db, user_id)
        noted(db, "reset_password", f"user:{user_id}")
        shown = _invited(db, user)
    return render_template(_INVITED, **shown)


def _invited(db: Session, user: User, *, waits: bool = False) -> dict[str, Any]:
    """The address, as text and as a code, to be shown once it is committed."""
    wiring, by = wired(), acting().user_id
    made, path = invitations.invite(db, user, by=by, signer=wiring.signer, now=now())
    address = wiring.settings.own_url + path
    return {
        "name": user.name,
        "until": made.expires_at,
        "address": address,
        "code": qr_code(address) if wiring.settings.public_url else None,
        "waits": waits,
    }


def _form(typed: Typed, places: dict[str, str]) -> str:
    values = grant_form.choices(typed, places)
    return render_template("accounts/new.html", **values)
