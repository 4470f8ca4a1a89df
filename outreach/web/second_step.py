"""A person's own second step: bind a phone, print a sheet of codes, or end both."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from outreach import one_time, second_step
from outreach.access import Action
from outreach.accounts import User, password_fits
from outreach.web.forms import Typed
from outreach.web.frame import unit
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted
from outreach.web.qr import qr_code
from outreach.web.safety import limiter

bp = Blueprint("second_step", __name__, url_prefix="/me/code")
_WRONG = 422
_ISSUER = "outreach"
Shown = str | Response | tuple[str, int]


def _mine() -> str:
    return f"own code {acting().user_id}"


def _failed(answer: Response) -> bool:
    return answer.status_code == _WRONG


_slowly = limiter.shared_limit(
    "5/15 minutes", scope="own_code", key_func=_mine, deduct_when=_failed
)


@bp.get("")
@needs(Action.OWN_PAGES)
def show() -> str:
    """What there is, and the two ways to begin."""
    return _page(Typed())


@bp.post("/phone")
@needs(Action.OWN_PAGES)
@_slowly
def begin() -> Shown:
    """A new secret, after the password; it counts after its first code."""
    typed = Typed()
    with typed.catching(), writing() as db:
        if _knows_password(db, typed):
            second_step.begin(db, acting().user_id)
            noted(db, "begin_second_step")
    if not typed:
        return _page(typed), _WRONG
    return redirect(url_for("second_step.scan"), 303)


@bp.get("/phone")
@needs(Action.OWN_PAGES)
def scan() -> str | Response:
    """The code to scan, the same as text, and a field for the first six digits."""
    shown = _to_scan(Typed())
    return redirect(url_for("second_step.show")) if shown is None else shown


@bp.post("/phone/confirm")
@needs(Action.OWN_PAGES)
@_slowly
def confirm() -> Shown:
    """The first code is right: from now on it is asked; the spare sheet is shown."""
    typed, codes = Typed(), list[str]()
    with typed.catching("code"), writing() as db:
        codes = second_step.confirm(db, acting().user_id, typed["code"], now())
        noted(db, "set_second_step", by="phone")
    if not typed:
        return _to_scan(typed) or _page(typed), _WRONG
    return render_template("me/sheet.html", codes=codes, by_phone=True)


@bp.post("/sheet")
@needs(Action.OWN_PAGES)
@_slowly
def print_sheet() -> Shown:
    """Ten new codes, shown once; an older sheet opens nothing any more."""
    typed, codes, me = Typed(), list[str](), acting().user_id
    with typed.catching(), writing() as db:
        if _knows_password(db, typed) and _knows_code(db, typed):
            codes = second_step.print_sheet(db, me, now())
            noted(db, "set_second_step", by="sheet")
    if not typed:
        return _page(typed), _WRONG
    return render_template("me/sheet.html", codes=codes, by_phone=False)


@bp.post("/end")
@needs(Action.OWN_PAGES)
@_slowly
def end() -> Shown:
    """No second step any more, for a new phone; asked at once where it is required."""
    typed = Typed()
    with writing() as db:
        if _knows_password(db, typed) and _knows_code(db, typed):
            second_step.drop(db, acting().user_id)
            noted(db, "end_second_step")
    if not typed:
        return _page(typed), _WRONG
    flash(_("已停用。换手机的，现在绑定新手机。"), "good")
    return redirect(url_for("second_step.show"), 303)


def _knows_password(db: Session, typed: Typed) -> bool:
    """Whoever sits at the keys must know the password once more."""
    if not password_fits(db.get(User, acting().user_id), typed["password"]):
        typed.wrong("password", _("密码不对。请再输一次您的密码。"))
    return bool(typed)


def _knows_code(db: Session, typed: Typed) -> bool:
    """And a code, where there is a second step to give up or to print anew."""
    me = acting().user_id
    standing = second_step.standing(db, me)
    if standing and not second_step.fits(db, me, typed["code"], now()):
        typed.wrong("code", _("口令不对，或已经用过。请等下一个数字，或用下一行口令。"))
    return bool(typed)


def _to_scan(typed: Typed) -> str | None:
    with reading() as db:
        secret = second_step.begun(db, acting().user_id)
    if secret is None:
        return None
    here = unit()
    address = one_time.address(secret, acting().name, here.name if here else _ISSUER)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template(
        "me/scan.html",
        typed=typed,
        errors=typed.errors,
        code=qr_code(address),
        secret=groups,
    )


def _page(typed: Typed) -> str:
    with reading() as db:
        standing = second_step.standing(db, acting().user_id)
    return render_template(
        "me/code.html", typed=typed, errors=typed.errors, standing=standing
    )
