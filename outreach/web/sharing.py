"""An approved text for groups and paper, and the office's own list of words."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.bulletins import sensitive, sharing
from outreach import audit
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.own_bulletins import opened

bp = Blueprint("sharing", __name__, url_prefix="/bulletins")


@bp.get("/<int:bulletin_id>/share")
@needs(Action.READ_BULLETINS)
def show(bulletin_id: int) -> str:
    """The issued text to copy into a group, to print, and as an easy card."""
    return _shared("bulletins/share.html", bulletin_id)


@bp.get("/<int:bulletin_id>/notice")
@needs(Action.READ_BULLETINS)
def notice(bulletin_id: int) -> str:
    """The notice for the wall, in large print, with the place for the stamp."""
    return _shared("bulletins/notice.html", bulletin_id)


@bp.get("/words")
@needs(Action.READ_BULLETINS)
def words() -> str:
    """The office's sensitive words."""
    with reading() as session:
        found = sensitive.list_words(session)
    return render_template("bulletins/words.html", words=found, typed=Typed())


@bp.post("/words")
@needs(Action.ISSUE_BULLETINS)
def replace_words() -> Response | tuple[str, int]:
    """Put a file in the place of the list."""
    typed, n = Typed(), 0
    with typed.catching("file"), writing() as session:
        content = request.files["file"].read()
        n = sensitive.replace_words(session, content, by=acting().user_id, now=now())
        audit.note(
            session,
            "replace_words",
            "bulletin:words",
            user_id=acting().user_id,
            role=acting().role or "",
            details={"n": n},
            now=now(),
        )
    if typed:
        flash(_("敏感词表换好了，共 %(n)s 个词。", n=n), "good")
        return redirect(url_for("sharing.words"), 303)
    with reading() as session:
        found = sensitive.list_words(session)
    return render_template("bulletins/words.html", words=found, typed=typed), 422


def _shared(page: str, bulletin_id: int) -> str:
    with reading() as session:
        _bulletin, version = opened(session, bulletin_id)
        shared = sharing.share(session, version.id, now())
    return render_template(page, shared=shared, bulletin_id=bulletin_id)
