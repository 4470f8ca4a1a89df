"""A second, independent look for every number and negation in what will be spoken.

It shares no rule with `audio.reading.numbers`: it asks of each digit string only
whether its digits or its value can be heard, in order, in the pinyin.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIGITS: tuple[tuple[str, ...], ...] = (
    ("ling2",),
    ("yi1", "yao1", "yi2", "yi4"),
    ("er4", "liang3"),
    ("san1",),
    ("si4",),
    ("wu3",),
    ("liu4",),
    ("qi1",),
    ("ba1",),
    ("jiu3",),
)
_PLACES: tuple[tuple[str, ...], ...] = ((), ("shi2",), ("bai3",), ("qian1",))
NEGATIONS = "不勿别未非无没莫禁免停"
_ID = re.compile(r"(?<![0-9])\d{17}[0-9Xx](?:\d{2}(?:B[1-9])?)?(?![0-9])")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")


def unsaid_numbers(text: str, sounds: Sequence[str]) -> list[str]:
    """The digit strings of a cleaned text that are not heard in order, if any."""
    at, unsaid = 0, []
    said = [sound for sound in sounds if sound[-1].isdigit()]
    for number in _numbers(text):
        ends = [_found(said, at, form) for form in _forms(number)]
        reached = [end for end in ends if end is not None]
        if reached:
            at = min(reached)
        else:
            unsaid.append(number)
    return unsaid


def unsaid_negations(text: str, spoken: str) -> list[str]:
    """Each negation that a cleaned text has more often than the spoken one."""
    return [sign for sign in NEGATIONS if text.count(sign) > spoken.count(sign)]


def personal(text: str, public_phones: Sequence[str] = ()) -> list[str]:
    """Identity and certificate numbers, and mobiles that are not public telephones."""
    digits = {re.sub(r"\D", "", phone)[-11:] for phone in public_phones}
    mobiles = ["".join(found.groups()) for found in _MOBILE.finditer(text)]
    return _ID.findall(text) + [mobile for mobile in mobiles if mobile not in digits]


def _numbers(text: str) -> list[str]:
    """Digit strings as they stand; a comma between thousands and a hyphen join."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return re.findall(r"\d+", text)


def _forms(number: str) -> list[list[tuple[str, ...]]]:
    """Ways to say a digit string: digit by digit, or by its value."""
    forms: list[list[tuple[str, ...]]] = [[_DIGITS[int(digit)] for digit in number]]
    value = int(number)
    if value == 0:
        return [*forms, []]
    return [*forms, _value(value)]


def _value(value: int) -> list[tuple[str, ...]]:
    """Value in words, from the left; the 一 of 一十 may be left out."""
    said: list[tuple[str, ...]] = []
    for scale, name in ((10**8, "yi4"), (10**4, "wan4")):
        if value >= scale:
            said += [*_value(value // scale), (name,)]
            value %= scale
            if value and value < scale // 10:
                said.append(_DIGITS[0])
    gap = False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            if gap and said and said[-1] != _DIGITS[0]:
                said.append(_DIGITS[0])
            bare = place == 1 and digit == 1 and not said
            said += ([] if bare else [_DIGITS[digit]]) + [_PLACES[place]] * (place > 0)
        gap = bool(said) and not digit
    return said


def _found(
    said: Sequence[str], start: int, form: Sequence[tuple[str, ...]]
) -> int | None:
    """Where the first place ends at which the whole form is heard, or None."""
    for at in range(start, len(said) - len(form) + 1):
        if all(said[at + step] in sound for step, sound in enumerate(form)):
            return at + len(form)
    return None
