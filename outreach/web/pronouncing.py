"""How words are read aloud: the office's own readings beside the product's."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from audio.errors import AudioError
from audio.reading import built_in, read
from campaigns.bulletins import pronunciations
from outreach import accounts
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import translated
from outreach.web.noting import noted

bp = Blueprint("pronouncing", __name__, url_prefix="/bulletins/pronunciations")
_LONGEST_WORD, _LONGEST_READING = 20, 120


@bp.get("")
@needs(Action.READ_BULLETINS)
def index() -> str:
    """The office's words with their readings, and a form for one more."""
    return _page(Typed(word=request.args.get("word", "")))


@bp.post("")
@needs(Action.ISSUE_BULLETINS)
def save() -> Response | tuple[str, int]:
    """Set one word's reading after the reader has understood it."""
    typed = Typed()
    word = typed.text("word", _("请写要改读音的词。"), longest=_LONGEST_WORD)
    said = typed.text("reading", _("请写读音。"), longest=_LONGEST_READING)
    if typed:
        _check(typed, word, said)
    if not typed:
        return _page(typed), 422
    with writing() as db:
        pronunciations.put(db, word, said, by=acting().user_id, now=now())
        noted(db, "set_pronunciation", f"word:{word}")
        again = [bulletin.title for bulletin in pronunciations.concerned(db, word)]
    flash(_("“%(word)s”的读音记下了。", word=word), "good")
    if again:
        flash(_("请再听一遍这些文稿：%(titles)s。", titles="、".join(again)), "warn")
    return redirect(url_for(".index"), 303)


@bp.post("/drop")
@needs(Action.ISSUE_BULLETINS)
def drop() -> Response:
    """Forget a word; its reading goes back into the form, so that this is undone."""
    with writing() as db:
        dropped = pronunciations.drop(db, request.form.get("word", ""))
        if dropped is None:
            return redirect(url_for(".index"), 303)
        noted(db, "drop_pronunciation", f"word:{dropped.word}")
        word, said = dropped.word, dropped.reading
    flash(
        _("“%(word)s”改回通常读法。原来的读音是：%(said)s。", word=word, said=said),
        "good",
    )
    return redirect(url_for(".index", word=word), 303)


def _check(typed: Typed, word: str, said: str) -> None:
    try:
        read(word, built_in().extended({word: said}))
    except AudioError as error:
        typed.wrong("reading", translated(error.sentence, dict(error.values)))


def _page(typed: Typed) -> str:
    with reading() as db:
        rows = pronunciations.listed(db)
        names = accounts.names_of(db, [row.set_by for row in rows if row.set_by])
    return render_template(
        "bulletins/pronunciations.html",
        rows=rows,
        names=names,
        typed=typed,
        errors=typed.errors,
    )
