"""Home: what must I do now, what happened today."""

from __future__ import annotations

from flask import Blueprint, render_template

from outreach.access import Action
from outreach.web.gate import needs

bp = Blueprint("home", __name__)


@bp.get("/")
@needs(Action.OWN_PAGES)
def show() -> str:
    """The page for the person's role."""
    return render_template("home/show.html", todo=[])
