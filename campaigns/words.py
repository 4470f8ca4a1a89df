"""The field's words in Chinese and English, one term for one thing."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("campaigns").joinpath("words.csv").read_text("utf-8")
    return {row["code_word"]: row for row in csv.DictReader(text.splitlines())}


def word(code: str, language: str = "zh") -> str:
    """Return the word for ``code``, such as ``message.delivered``.

    ``language`` is ``zh`` or ``en``. Raises KeyError for an unknown code, so that
    a missing word is found by a test and not by a reader.
    """
    return _words()[code][language]


def knows(code: str) -> bool:
    """Tell whether ``code`` has a word."""
    return code in _words()


def glossary() -> list[dict[str, str]]:
    """All rows of the word list, in the order of the file."""
    return list(_words().values())
