"""One text behind every form: what is said by text, aloud and easily must agree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.wording import CHINESE, SPOKEN, Wording, canonical
from campaigns.errors import CampaignError, Refused, mark

_DIGITS = {letter: n for n, letter in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = 10_000
_FACT = re.compile(
    r"(下午|晚上|傍晚)?(?<![\d.])(\d+|[零〇一二两三四五六七八九十百千万]+)"
    r"(度|月|日|号|点|元|岁|级|小时|分钟|周)"
)
_SAME = {"号": "日"}
_HOUR, _NOON = "点", 12
_FORMS = {
    "sms_text": mark("短信"),
    "spoken_text": mark("口播稿"),
    "easy_read": mark("易读版"),
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two forms that name different numbers of the same thing."""

    one: str
    other: str
    unit: str
    said: tuple[int, ...]
    heard: tuple[int, ...]

    @property
    def error(self) -> CampaignError:
        """It as a sentence."""
        return Refused(
            mark(
                "%(one)s写的是%(said)s%(unit)s，%(other)s写的是%(heard)s%(unit)s，要一致。"
            ),
            one=self.one,
            other=self.other,
            unit=self.unit,
            said="、".join(map(str, self.said)),
            heard="、".join(map(str, self.heard)),
        )


def disagreements(version: BulletinVersion) -> list[Disagreement]:
    """Where two forms of a text name different numbers of the same unit.

    A form may leave a fact out, never change it: one's numbers of a unit must be
    among the other's. Variables have one value for all forms, so they agree.
    """
    said = {
        name: facts("\n".join(text) if isinstance(text, list) else text)
        for name in _FORMS
        if (text := getattr(version, name))
    }
    pairs = combinations(said, 2)
    return [found for one, other in pairs for found in _between(one, other, said)]


def said_where(
    version: BulletinVersion,
) -> list[tuple[str, tuple[bool | None, ...]]]:
    """Each fact, and whether text, speech and easy-read say it; None: not written.

    A fact is a variable, by its name, or a number with its unit.
    """
    texts = [version.sms_text, version.spoken_text, "\n".join(version.easy_read)]
    named = [dict.fromkeys(map(_variable, _names(text))) for text in texts]
    counted = [
        {f"{n}{unit}": None for unit, ns in facts(text).items() for n in sorted(ns)}
        for text in texts
    ]
    found = [{**a, **b} for a, b in zip(named, counted, strict=True)]
    every = dict.fromkeys(fact for each in found for fact in each)
    return [
        (
            fact,
            tuple(
                fact in said if text.strip() else None
                for said, text in zip(found, texts, strict=True)
            ),
        )
        for fact in every
    ]


def _names(text: str) -> list[str]:
    return Wording(text).get_identifiers()


def _variable(name: str) -> str:
    """A variable as people call it; how it is read aloud is the same fact."""
    plain = canonical(name).removesuffix(SPOKEN)
    return CHINESE.get(plain, plain)


def facts(text: str) -> dict[str, set[int]]:
    """The numbers in ``text`` by unit; 下午四点 and 16点 are the same fact."""
    found: dict[str, set[int]] = defaultdict(set)
    for half, number, unit in _FACT.findall(text):
        later = _NOON if half and unit == _HOUR and value_of(number) < _NOON else 0
        found[_SAME.get(unit, unit)].add(value_of(number) + later)
    return dict(found)


def value_of(number: str) -> int:
    """What a number in digits or words amounts to."""
    if number.isdecimal():
        return int(number)
    total = part = digit = 0
    for letter in number:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _TENS:
            part, digit = part + (digit or 1) * _TENS[letter], 0
        else:
            total, part, digit = (total + part + digit or 1) * _MYRIAD, 0, 0
    return total + part + digit


def _between(
    one: str, other: str, said: Mapping[str, Mapping[str, set[int]]]
) -> Iterator[Disagreement]:
    for unit in sorted(said[one].keys() & said[other].keys()):
        a, b = said[one][unit], said[other][unit]
        if not (a <= b or b <= a):
            yield Disagreement(
                _FORMS[one], _FORMS[other], unit, tuple(sorted(a)), tuple(sorted(b))
            )
