"""What a reading rule is: a pattern and the words for what it finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

N = r"\d+(?:\.\d+)?"
"""A number of digits with at most one point."""

UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
"""Any sign of a unit, longest first."""

MEASURE = (
    "个人元块角分万亿千百天次年月日号时点岁米克斤升度名位户家张片粒支针剂盒瓶杯"
    "吨里公小平毫摄周条种项件遍步辆台只头亩层楼级倍成例份篇顿把根套所座场"
)
"""Characters that make the number before them a quantity."""


def rule(pattern: str, say: str | Callable[[re.Match[str]], str]) -> Rule:
    """A rule; plain words are said for whatever the pattern finds."""
    if isinstance(say, str):
        return re.compile(pattern), lambda _: say
    return re.compile(pattern), say
