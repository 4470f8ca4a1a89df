"""What a deed was done to, in words, with its trail where there is one."""

from __future__ import annotations

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.register.models import Unit
from campaigns.register.places import names_by_code
from campaigns.words import knows
from outreach.web.languages import shown_word

KINDS = (
    *("member", "campaign", "bulletin", "announcement", "message", "import", "export"),
    *("visit", "user"),
)
"""Things that have a trail of their own."""


def places(session: Session) -> dict[str, str]:
    """Names of the unit's places by code; none before the first set-up."""
    code = session.scalar(select(Unit.place_code).limit(1))
    return names_by_code(session, code) if code else {}


def shown_subject(subject: str, names: dict[str, str]) -> str | Markup:
    """``campaign:3`` as 任务 3 号, which leads to its trail; names for places."""
    kind, _sign, rest = subject.partition(":")
    code = f"subject.{kind}"
    if not knows(code):
        return subject or "–"
    name = shown_word(code)
    if kind in KINDS and rest.isdecimal():
        said = _("%(kind)s %(n)s 号", kind=name, n=rest)
        at = url_for("audit.trail", kind=kind, number=int(rest))
        return Markup('<a href="{}">{}</a>').format(at, said)
    if kind in {"place", "daily"}:
        where, _sign, day = rest.partition(":")
        return " ".join(filter(None, (names.get(where, where), name, _day(day))))
    return _("%(kind)s %(n)s 号", kind=name, n=rest) if rest.isdecimal() else name


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%m-%d}" if text else ""
