"""One's own settings: display, language, password, role and sign-ins."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from outreach import accounts, own_sign_ins
from outreach.access import Action, may
from outreach.web.forms import Typed, row_number
from outreach.web.gate import (
    acting,
    local,
    needs,
    now,
    open_to_everyone,
    reading,
    wired,
    writing,
)
from outreach.web.languages import LANGUAGES
from outreach.web.noting import noted

bp = Blueprint("me", __name__)
_WRONG = 422


@bp.get("/me")
@needs(Action.OWN_PAGES)
def show() -> str:
    """What is set, and what this role may do, in words."""
    rights = [action for action in Action if may(acting(), action)]
    idle = timedelta(minutes=wired().settings.idle_minutes)
    with reading() as db:
        visits = own_sign_ins.open_ones(db, acting().user_id, now(), idle)
    return render_template("me/show.html", rights=rights, visits=visits)


@bp.post("/me/language")
@open_to_everyone
def choose_language() -> Response:
    """Change the language, for this visit and for the account."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if current_user.is_authenticated:
            with writing() as db:
                accounts.prefer(db, acting().user_id, language=chosen)
    return redirect(local(request.form.get("page")) or "/", 303)


@bp.get("/me/display")
@needs(Action.OWN_PAGES)
def display() -> str:
    """Text size, contrast, background and motion."""
    mine = acting()
    typed = Typed(
        text_size=mine.text_size, contrast=mine.contrast, background=mine.background
    )
    return render_template("me/display.html", typed=typed, less=mine.less_motion)


@bp.post("/me/display")
@needs(Action.OWN_PAGES)
def save_display() -> Response:
    """Keep how pages look; a value that does not exist changes nothing."""
    typed = Typed()
    with writing() as db:
        accounts.prefer(
            db,
            acting().user_id,
            text_size=typed["text_size"],
            contrast=typed["contrast"],
            background=typed["background"],
            less_motion=typed.ticked("less_motion"),
        )
    flash(_("显示设置已保存。"), "good")
    return redirect(url_for("me.display"), 303)


@bp.get("/me/password")
@needs(Action.OWN_PAGES)
def password() -> str:
    """The form for a new password."""
    return render_template("me/password.html", typed=Typed(), errors={})


@bp.post("/me/password")
@needs(Action.OWN_PAGES)
def save_password() -> Response | tuple[str, int]:
    """Change the password; every other sign-in ends."""
    typed = Typed()
    with typed.catching("new"), writing() as db:
        old, new, mixed = typed["old"], typed["new"], wired().settings.mixed_passwords
        own_sign_ins.change_password(db, acting(), old, new, mixed=mixed, now=now())
        noted(db, "set_password")
    if not typed:
        page = render_template("me/password.html", typed=typed, errors=typed.errors)
        return page, _WRONG
    flash(_("密码已改好。别的设备上的登录都已结束。"), "good")
    return redirect(url_for("me.show"), 303)


@bp.get("/me/role")
@needs(Action.OWN_PAGES)
def role() -> str:
    """The grants to choose from."""
    return _role(Typed(grant=acting().grant_id))


@bp.post("/me/role")
@needs(Action.OWN_PAGES)
def take_role() -> Response | tuple[str, int]:
    """Act in another of one's own grants."""
    typed = Typed()
    chosen = typed.text("grant", _("请选一个身份。"))
    if not typed:
        return _role(typed), _WRONG
    with writing() as db:
        own_sign_ins.act_as(db, acting(), row_number(chosen))
        noted(db, "act_as", f"grant:{chosen}")
    flash(_("身份已换。菜单里是这个身份能做的事。"), "good")
    return redirect("/", 303)


def _role(typed: Typed) -> str:
    with reading() as db:
        grants = own_sign_ins.grants_of(db, acting().user_id)
    return render_template(
        "me/role.html", grants=grants, typed=typed, errors=typed.errors
    )


@bp.post("/me/sign-ins/<int:visit>/end")
@needs(Action.OWN_PAGES)
def end_sign_in(visit: int) -> Response:
    """End one sign-in, of a device left somewhere."""
    with writing() as db:
        own_sign_ins.end_one(db, acting(), visit, now())
        noted(db, "end_own_sign_in", f"sign_in:{visit}")
    flash(_("那台设备上的登录已结束。"), "good")
    return redirect(url_for("me.show"), 303)


@bp.post("/me/sign-out-everywhere")
@needs(Action.OWN_PAGES)
def sign_out_everywhere() -> Response:
    """End every sign-in of this account, this one too."""
    with writing() as db:
        own_sign_ins.sign_out_everywhere(db, acting().user_id, now())
        noted(db, "sign_out_everywhere")
    return redirect(url_for("sign_in.show"), 303)
