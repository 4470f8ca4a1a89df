"""Help by task, the word list, and what is known about accessibility."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from campaigns.words import glossary
from outreach import rights
from outreach.access import Action, Bearer
from outreach.accounts import Role
from outreach.web.gate import needs, open_to_everyone
from outreach.web.languages import language

bp = Blueprint("help", __name__)


@bp.get("/help")
@needs(Action.OWN_PAGES)
def show() -> str:
    """What a person of this role may want to do, and how to get about."""
    return render_template("help/show.html")


@bp.get("/words")
@needs(Action.OWN_PAGES)
def words() -> str:
    """The word list; one term, one thing."""
    sought = request.args.get("q", "").strip()[:40]
    rows = [row for row in glossary() if sought.casefold() in _both(row).casefold()]
    return render_template("help/words.html", rows=rows, sought=sought)


@bp.get("/help/rights")
@needs(Action.OWN_PAGES)
def who_may() -> str:
    """The table of rights, as it is enforced."""
    columns = [*Role, *Bearer]
    rows = [
        (row.en if language() == "en" else row.zh, [row.cells[c] for c in columns])
        for row in rights.TABLE.values()
    ]
    return render_template("help/rights.html", columns=columns, rows=rows)


@bp.get("/accessibility")
@open_to_everyone
def accessibility() -> str:
    """What works with which aids, what does not yet, and whom to tell."""
    return render_template("help/accessibility.html")


def _both(row: dict[str, str]) -> str:
    return f"{row['zh']} {row['en']}"
