"""A form that cannot be taken now comes back filled in, and is never sent by itself.

Its sign-in ended, its key is another sign-in's, or a second step is asked first. What
was typed waits in the database, sealed, for its person alone: nothing of it goes
through the browser, where the next one at the desk could read it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, g, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from outreach import kept_form
from outreach.wiring import Wiring

_FLAG = "kept"
_LONG = 12
_ON_THE_WAY = {"me", "proving", "second_step"}
"""Forms that are filled in before one is back."""


def came_from() -> str | None:
    """The page of ours that this form stands on, with its query; None for others."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or not _opens(parts.path):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def put_by(known: Wiring, page: str, user_id: int | None) -> bool:
    """Keep this request's form for ``user_id``, who sent it; whether it was kept.

    Only what came from a page of ours: no other site fills a form in for somebody.
    """
    ours = urlsplit(request.referrer or "").netloc == request.host
    if request.method != "POST" or user_id is None or not ours:
        return False
    with known.database.writing() as db:
        fields = request.form.items(multi=True)
        kept = kept_form.keep(db, user_id, page, fields, known.clock())
    session[_FLAG] = kept
    return kept


def put_by_late(known: Wiring, page: str) -> bool:
    """The same where the sign-in ended: its token still tells whose it was."""
    with known.database.reading() as db:
        whose = kept_form.whose(db, session.get("_user_id", ""))
    return put_by(known, page, whose)


def give_back(known: Wiring, user_id: int) -> None:
    """On the page itself, opened again, its fields stand ready in ``g.kept``."""
    if not session.get(_FLAG) or request.blueprint in _ON_THE_WAY:
        return
    if request.method == "POST":
        session.pop(_FLAG)
        with known.database.writing() as db:
            kept_form.forget(db, user_id)
        return
    with known.database.reading() as db:
        found = kept_form.of(db, user_id, known.clock())
    if found is None:
        session.pop(_FLAG)
    elif found[0] == request.full_path.rstrip("?"):
        g.kept = MultiDict(found[1])


def look_for(known: Wiring, user_id: int) -> None:
    """At sign-in: whether something waits for just this person."""
    with known.database.reading() as db:
        if kept_form.of(db, user_id, known.clock()):
            session[_FLAG] = True


def typed_texts() -> list[str]:
    """What was typed and is longer than a word or two, for a page that has no room."""
    kept: MultiDict[str, str] = g.get("kept") or MultiDict()
    return [text for _, text in kept.items(multi=True) if len(text) >= _LONG]


def _opens(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:
        return False
