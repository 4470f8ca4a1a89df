"""What a person typed: read, checked, and kept when something has to be mended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash, g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from campaigns.errors import CampaignError
from outreach.web.languages import sentence

_TEXT = 500
_DIGITS = 18
"""Digits of the largest row number: longer ones fit neither database."""


def row_number(text: str) -> int:
    """The row that a form or an address names; 0, which is none, for anything else."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else 0


def asked_id(name: str) -> int | None:
    """The row number that the address asks for as ``name``; None for anything else."""
    return row_number(request.args.get(name, "")) or None


def sent() -> MultiDict[str, str] | None:
    """The form that was sent, or that waited until its person was back; else None."""
    waited: MultiDict[str, str] | None = g.get("kept")
    return request.form if request.method == "POST" else waited


@contextmanager
def saying_why() -> Iterator[None]:
    """Say a domain error on the page that comes next instead of on one of its own."""
    try:
        yield
    except CampaignError as error:
        flash(sentence(error), "bad")


class Typed:
    """The fields of a form with the sentence for each that cannot be accepted.

    ``errors`` maps a field's name to its sentence; the empty name stands for the
    form as a whole. Templates read values back with ``typed["name"]``.
    """

    def __init__(self, **values: object) -> None:
        self.values = {name: str(value or "") for name, value in values.items()}
        self.errors: dict[str, str] = {}
        self._sent = sent()
        if self._sent is not None:
            self.values.update(self._sent.to_dict())

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def __bool__(self) -> bool:
        """Whether everything typed so far can be accepted."""
        return not self.errors

    def all(self, name: str) -> list[str]:
        """Every ticked value of a group of boxes."""
        return (self._sent or request.form).getlist(name)

    def ticked(self, name: str) -> bool:
        """Whether a single box is ticked."""
        return name in (self._sent or request.form)

    def text(self, name: str, asked: str = "", *, longest: int = _TEXT) -> str:
        """A trimmed text; ``asked`` is the sentence where it is empty."""
        value = self[name].strip()
        if not value and asked:
            self.wrong(name, asked)
        if len(value) > longest:
            self.wrong(name, _("这里最多 %(n)s 个字。请缩短。", n=longest))
        return value

    def choice(self, name: str, allowed: object, asked: str) -> str:
        """One of ``allowed``; ``asked`` is the sentence where it is none of them."""
        value = self[name]
        if value not in allowed:  # type: ignore[operator]
            self.wrong(name, asked)
        return value

    def number(self, name: str, between: range, asked: str) -> int:
        """A whole number within ``between``; ``asked`` is the sentence otherwise."""
        value = self[name].strip()
        found = int(value) if value.isdecimal() and len(value) <= len("9" * 9) else -1
        if found not in between:
            self.wrong(name, asked)
        return found

    def wrong(self, name: str, text: str) -> None:
        """Note a sentence for a field; the first one stays."""
        self.errors.setdefault(name, text)

    @contextmanager
    def catching(self, name: str = "") -> Iterator[None]:
        """Show a domain error beside ``name`` instead of on a page of its own."""
        try:
            yield
        except CampaignError as error:
            self.wrong(name, sentence(error))
