"""Signing in and out."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from outreach import audit, first_account, own_sign_ins, sign_ins
from outreach.web import keeping_typed, known_device
from outreach.web.forms import Typed
from outreach.web.gate import (
    Person,
    acting,
    local,
    now,
    open_to_everyone,
    reading,
    wired,
    writing,
)
from outreach.web.safety import limiter

bp = Blueprint("sign_in", __name__)
_WRONG = 422

_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@bp.get("/sign-in")
@open_to_everyone
def show() -> str | Response:
    """The form; straight on for somebody who is signed in already."""
    if current_user.is_authenticated:
        return redirect("/")
    late = session.pop("late", False)
    with reading() as db:
        empty = first_account.nobody_yet(db)
    return render_template(
        "sign_in/show.html", typed=Typed(), errors={}, late=late, empty=empty
    )


_EVERYBODY = "300/15 minutes"
"""Wrong passwords from browsers that nobody signed in with before, taken together."""


def _name() -> str:
    return request.form.get("name", "")[:40].strip()


def _known() -> str:
    return known_device.known(_name())


def _who_tries() -> str:
    """A browser the person signed in with has tries of its own, wherever it is."""
    return _known() or f"{get_remote_address()} {_name().casefold()}"


def _whose_code() -> str:
    known = known_device.known(session.get("half_name", ""))
    return f"code {session.get('half_name', '')} {known}"


def _failed(answer: Response) -> bool:
    return answer.status_code == _WRONG


def _is_known() -> bool:
    return bool(_known())


_strangers = partial(limiter.limit, deduct_when=_failed, exempt_when=_is_known)


@bp.post("/sign-in")
@open_to_everyone
@limiter.limit("5/15 minutes", key_func=_who_tries, deduct_when=_failed)
@_strangers("60/15 minutes")
@_strangers("20/15 minutes", key_func=lambda: f"name {_name()}")
@_strangers(lambda: _EVERYBODY, key_func=lambda: "everybody")
def enter() -> Response | tuple[str, int]:
    """Sign in; one sentence for a wrong name and a wrong password alike."""
    typed = Typed()
    with writing() as db:
        name, password = typed["name"], typed["password"]
        token = sign_ins.sign_in(db, name, password, device=_device(), now=now())
    if token is None:
        typed.wrong("name", _("账号或密码不对。请核对以后再试。"))
        page = render_template("sign_in/show.html", typed=typed, errors=typed.errors)
        return page, _WRONG
    return _begin(token, local(typed["next"]) or "/")


@bp.get("/sign-in/code")
@open_to_everyone
def ask_code() -> str | Response:
    """The second step; back to the first for whoever did not take it."""
    if _half() is None:
        return redirect(url_for("sign_in.show"))
    return render_template("sign_in/code.html", typed=Typed(), errors={})


@bp.post("/sign-in/code")
@open_to_everyone
@limiter.limit("5/15 minutes", key_func=_whose_code, deduct_when=_failed)
def enter_code() -> Response | tuple[str, int]:
    """A code from the phone or a line of the sheet; neither opens twice."""
    user, token, typed = _half(), session.get("half", ""), Typed()
    if user is None:
        return redirect(url_for("sign_in.show"), 303)
    with writing() as db:
        right = sign_ins.second(db, token, typed["code"], now())
        if not right:
            audit.note(db, "sign_in_code", user_id=user, result="refused", now=now())
    if not right:
        typed.wrong("code", _("口令不对，或已经用过。请等下一个数字，或用下一行口令。"))
        page = render_template("sign_in/code.html", typed=typed, errors=typed.errors)
        return page, _WRONG
    return _begin(token, local(session.get("next")) or "/")


@bp.post("/sign-out")
@open_to_everyone
def leave() -> Response:
    """End this sign-in."""
    if current_user.is_authenticated:
        with writing() as db:
            own_sign_ins.sign_out(db, acting(), now())
            audit.note(db, "sign_out", user_id=acting().user_id, now=now())
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for("sign_in.show"), 303)


def _begin(token: str, then: str) -> Response:
    # A new session at sign-in: nothing fixed before it survives but the language.
    language = session.get("language")
    session.clear()
    with reading() as db:
        found = sign_ins.who(db, token, now())
        user = sign_ins.half(db, token, now())
    if found is None:
        session["language"] = language or (user.language if user else None)
        session.update(half=token, half_name=user.name if user else "", next=then)
        return redirect(url_for("sign_in.ask_code"), 303)
    session["language"] = language or found.language
    login_user(Person(token, found))
    keeping_typed.look_for(wired(), found.user_id)
    with writing() as db:
        role = found.role or ""
        audit.note(db, "sign_in", user_id=found.user_id, role=role, now=now())
    return known_device.remember(redirect(then, 303), found.name)


def _device() -> str:
    """Browser and system, as far as the browser tells."""
    told = request.headers.get("User-Agent", "")
    found = [
        next((name for sign, name in signs if sign in told), "")
        for signs in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, found))


def _half() -> int | None:
    """Whose password was right a moment ago, in this browser."""
    with reading() as db:
        user = sign_ins.half(db, session.get("half", ""), now())
        return user.id if user else None
