"""Every request passes here: who it is, what they may do, and that they press once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.errors import NotAllowed, mark
from campaigns.register.scope import Scope
from outreach import access, once, second_step, sign_ins
from outreach.access import Acting, Action, Bearer
from outreach.web import keeping_typed
from outreach.wiring import Wiring

_View = TypeVar("_View", bound=Callable[..., object])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ERRORS = 400
_BEFORE_SECOND_STEP = {"me", "second_step"}
"""What a person may open who must first set the second step up."""
_PATIENCE = 15_000
"""Milliseconds for one statement of a page."""


class Person(UserMixin):
    """Somebody signed in, as Flask-Login wants to see them."""

    def __init__(self, token: str, acting: Acting) -> None:
        self.token = token
        self.acting = acting

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token


def needs(action: Action) -> Callable[[_View], _View]:
    """Declare what a view does; a view without a declaration answers nobody."""

    def declare(view: _View) -> _View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return declare


def open_to_everyone(view: _View) -> _View:
    """Declare that a view asks for no sign-in."""
    view.action = None  # type: ignore[attr-defined]
    return view


def needs_link(
    action: Action, bearer: Bearer = Bearer.LINK
) -> Callable[[_View], _View]:
    """Declare what a village's page does for who holds its link, or is on duty."""

    def declare(view: _View) -> _View:
        view.action, view.bearer = None, (bearer, action)  # type: ignore[attr-defined]
        return view

    return declare


def wired() -> Wiring:
    """What this process was put together from."""
    wiring: Wiring = current_app.extensions["outreach"]
    return wiring


def reading() -> AbstractContextManager[Session]:
    """A database session that only reads; no page waits longer for one statement.

    On PostgreSQL it sees the rows of whom its reader may see, and of nobody else.
    """
    return wired().database.reading(_PATIENCE, _rows())


def writing() -> AbstractContextManager[Session]:
    """A transaction, over the same rows as ``reading``."""
    return wired().database.writing(_rows())


def _rows() -> Scope:
    person = g.get("_login_user")
    return access.rows(person.acting) if hasattr(person, "acting") else Scope.nothing()


def now() -> datetime:
    """The moment, from this process's clock."""
    return wired().clock()


def acting() -> Acting:
    """The person of this request. Raises AttributeError where nobody signed in."""
    found: Acting = current_user.acting
    return found


def doing() -> Action:
    """What this request does, by its view's declaration."""
    return acting().doing or Action.OWN_PAGES


def may(action: str) -> bool:
    """Whether the person of this request may do ``action``; for templates."""
    signed_in = current_user.is_authenticated
    return signed_in and access.may(acting(), Action(action))


def register(app: Flask) -> None:
    """Put the gate before every view."""
    manager = LoginManager()
    manager.session_protection = None  # phones change address between two pages
    manager.init_app(app)
    manager.user_loader(_load)
    app.before_request(_check)
    app.after_request(_remember)
    app.jinja_env.globals.update(may=may, new_key=once.new_key)


def local(address: str | None) -> str | None:
    """``address`` where it is a path of ours, else None."""
    parts = urlsplit(address or "")
    if not address or not address.startswith("/") or address[1:2] in {"/", "\\"}:
        return None
    return None if parts.scheme or parts.netloc else address


def _load(token: str) -> Person | None:
    with reading() as db:
        idle = timedelta(minutes=wired().settings.idle_minutes)
        found = sign_ins.who(db, token, now(), idle)
        tired = found is not None and sign_ins.stale(db, token, now())
    if tired:
        with writing() as db:
            sign_ins.touch(db, token, now())
    return Person(token, found) if found else None


def _check() -> Answer | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    if request.blueprint == "api":
        return None  # its own gate asks for a token: a cookie opens nothing there
    view = current_app.view_functions[request.endpoint]
    action = getattr(view, "action", "")
    if action is None:
        _check_bearer(view)
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    keeping_typed.give_back(wired(), acting().user_id)
    if not isinstance(action, Action):
        raise NotAllowed(mark("您的身份不能做这一步。"))
    return _allow(action)


def _allow(action: Action) -> Answer | None:
    """On to the view; or to what the person must do before it."""
    if _old_password() and request.blueprint != "me":
        return _first_to(url_for("me.password"))
    if _lacks_second_step() and request.blueprint not in _BEFORE_SECOND_STEP:
        return _first_to(url_for("second_step.show"))
    access.require(acting(), action)
    current_user.acting = replace(acting(), doing=action)
    if access.asks_proof(action) and not _proved():
        return _first_to(url_for("proving.ask", next=_here()))
    return None if request.method in _SAFE else _first_press()


def _first_to(address: str) -> Answer:
    """There before anything else; what was typed waits meanwhile."""
    keeping_typed.put_by(wired(), _here(), acting().user_id)
    return redirect(address, 303)


def _old_password() -> bool:
    """Whether the password is older than the office lets one grow."""
    days, since = wired().settings.password_days, acting().password_at
    return bool(days) and since is not None and now() - since > timedelta(days=days)


def _lacks_second_step() -> bool:
    """Whether the role in force signs in with two steps and the person has one."""
    asked = wired().settings.two_steps and acting().role in second_step.ASKED
    return asked and not acting().two_steps


def _proved() -> bool:
    """Whether password or code were asked for a short time ago."""
    proved = acting().proved_at
    lasts = timedelta(minutes=wired().settings.proof_minutes)
    return proved is not None and now() - proved <= lasts


def _here() -> str:
    """This page; of a form, the page that it stands on."""
    if request.method in _SAFE:
        return request.full_path.rstrip("?")
    return keeping_typed.came_from() or local(request.form.get("page")) or "/"


def _check_bearer(view: Callable[..., object]) -> None:
    """A village's page asks the table too; a page that is open to everyone does not."""
    asked: tuple[Bearer, Action] | None = getattr(view, "bearer", None)
    if asked and not access.bearer_may(*asked):
        raise NotAllowed(mark("您的身份不能做这一步。"))


def _ask_to_sign_in() -> Answer:
    kept = keeping_typed.put_by_late(wired(), _here())
    session["late"] = "kept" if kept else "_user_id" in session
    return redirect(url_for("sign_in.show", next=_here()), 303)


def _first_press() -> Answer | None:
    key = request.form.get("once", "")
    if not key:
        return None
    with writing() as db:
        first = once.use(db, key, user_id=acting().user_id, now=now())
        led_to = None if first else once.led_to(db, key, acting().user_id)
    if first:
        g.once = key
        return None
    return redirect(local(led_to) or local(request.form.get("page")) or "/", 303)


def _remember(answer: Response) -> Response:
    key = g.pop("once", None)
    if key is None:
        return answer
    with writing() as db:
        if answer.status_code >= _ERRORS:
            once.give_back(db, key)
        elif answer.location:
            once.answered(db, key, answer.location)
    return answer
