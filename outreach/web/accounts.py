"""Accounts: who may sign in, as what, where; for the administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.vocabulary import ALL_COMPONENTS, Category
from outreach import account_admin, accounts, audit, granting, second_step, tokens
from outreach.access import Action
from outreach.accounts import Role
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing

bp = Blueprint("accounts", __name__, url_prefix="/accounts")
_WRONG = 422


@bp.get("")
@needs(Action.CHANGE_ACCOUNTS)
def index() -> str:
    """Every account with its roles, last sign-in and state."""
    with reading() as db:
        users = accounts.list_users(db)
        places = account_admin.places(db)
    return render_template("accounts/index.html", users=users, places=places)


@bp.get("/new")
@needs(Action.CHANGE_ACCOUNTS)
def new() -> str:
    """The form for an account."""
    with reading() as db:
        return _form(Typed(role=Role.COORDINATOR), account_admin.places(db))


@bp.post("/new")
@needs(Action.CHANGE_ACCOUNTS)
def add() -> str | tuple[str, int]:
    """Make it; the first password is random and shown once."""
    typed = Typed()
    name = typed.text("name", _("请填账号名。"), longest=40)
    shown_as = typed.text("shown_as", _("请填姓名或称呼。"), longest=60)
    role = typed.choice("role", list(Role), _("请选一个身份。"))
    password = accounts.new_password()
    with reading() as db:
        places = account_admin.places(db)
    place = typed.choice("place", places, _("请选一个范围。"))
    categories = _mask(typed.all("categories")) if role == Role.ASSOCIATION else 0
    if role == Role.ASSOCIATION and not categories:
        typed.wrong("categories", _("协会只看自己的类别，请勾选。"))
    if typed:
        with typed.catching("name"), writing() as db:
            user = accounts.add_user(
                db, name=name, shown_as=shown_as, password=password, now=now()
            )
            grant = granting.propose(
                db,
                user,
                role=Role(role),
                place=place,
                categories=categories,
                by=acting().user_id,
                now=now(),
            )
            waits = grant.waits
            _note(db, "add_user", user.id)
    if not typed:
        return _form(typed, places), _WRONG
    return render_template(
        "accounts/password.html", name=name, password=password, waits=waits
    )


@bp.get("/<int:user_id>")
@needs(Action.CHANGE_ACCOUNTS)
def show(user_id: int) -> str:
    """One account and what may be done with it."""
    with reading() as db:
        user = account_admin.get_user(db, user_id)
        return render_template(
            "accounts/show.html",
            user=user,
            places=account_admin.places(db),
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
        _note(db, names.get(deed, "end_sign_ins"), user_id)
    flash(_("已办好，现在就算数。"), "good")
    return redirect(url_for("accounts.show", user_id=user_id), 303)


@bp.post("/<int:user_id>/password")
@needs(Action.CHANGE_ACCOUNTS)
def reset(user_id: int) -> str:
    """A new random password, shown once; the administrator never chooses it."""
    password = accounts.new_password()
    with writing() as db:
        user = account_admin.get_user(db, user_id)
        accounts.set_password(db, user.name, password, now())
        tokens.revoke_all(db, user_id, now())
        _note(db, "reset_password", user_id)
        name = user.name
    return render_template("accounts/password.html", name=name, password=password)


def _form(typed: Typed, places: dict[str, str]) -> str:
    return render_template(
        "accounts/new.html",
        typed=typed,
        errors=typed.errors,
        roles=list(Role),
        places=places,
        categories=[each for each in Category if each.bit],
        ticked=typed.all("categories"),
    )


def _mask(ticked: list[str]) -> int:
    bits = [Category(int(one)).bit for one in ticked if one in set("123456")]
    return sum(set(bits)) & ALL_COMPONENTS


def _note(db: Session, deed: str, user_id: int) -> None:
    me, subject = acting(), f"user:{user_id}"
    role = me.role or ""
    audit.note(db, deed, subject, user_id=me.user_id, role=role, now=now())
