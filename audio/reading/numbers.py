"""Numbers, dates, telephones, units and signs as words; the order is the meaning."""

from __future__ import annotations

from audio.reading.amounts import AMOUNTS, COUNTS, SIGNS
from audio.reading.moments import MOMENTS
from audio.reading.phones import CODES, PHONES

RULES = [*SIGNS, *PHONES, *MOMENTS, *AMOUNTS, *CODES, *COUNTS]
"""Each rule sees what the ones before it left: a telephone is no range, a time no
ratio, an amount no code."""


def say_numbers(text: str) -> str:
    """Every digit and sign that can be read, as words; what cannot is left standing.

    text is a cleaned text; the answer may still hold letters, which
    `audio.reading.letters` spells, and marks that no rule knows.
    """
    for pattern, say in RULES:
        text = pattern.sub(say, text)
    return text
