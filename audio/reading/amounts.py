"""Percentages, temperatures, money, fractions, units and bare counts."""

from __future__ import annotations

import re

from audio.reading.numerals import cardinal, spoken
from audio.reading.rule import UNIT, N, rule
from audio.reading.units import PAIRED, PER, UNITS


def _percent(found: re.Match[str]) -> str:
    return f"百分之{spoken(found[1])}"


def _percents(found: re.Match[str]) -> str:
    return f"百分之{spoken(found[1])}至百分之{spoken(found[2])}"


def _degrees(found: re.Match[str]) -> str:
    return f"{'零下' if found[1] else ''}{spoken(found[2])}摄氏度"


def _degree_range(found: re.Match[str]) -> str:
    low = ("零下" if found[1] else "") + spoken(found[2])
    high = ("零下" if found[3] else "") + spoken(found[4])
    return f"{low}至{high}摄氏度"


def _yuan(found: re.Match[str]) -> str:
    """12.05 as 十二元零五分: money is said by its coins."""
    whole, tenths, cents = found[1], found[2], found[3] or "0"
    words = spoken(whole, pair=True) + "元" if whole.strip("0") else ""
    words += f"{spoken(tenths, pair=True)}角" if tenths != "0" else ""
    if cents != "0":
        words += ("零" if tenths == "0" and words else "") + f"{spoken(cents)}分"
    return words or "零元"


def _fraction(found: re.Match[str]) -> str:
    above, below = int(found[1]), int(found[2])
    if above < below:
        return f"{cardinal(below)}分之{cardinal(above)}"
    return found[0]


def _with_unit(found: re.Match[str]) -> str:
    unit = UNITS[found[2]]
    return spoken(found[1], pair=unit.startswith(PAIRED)) + unit


def _counted(found: re.Match[str]) -> str:
    """A bare number; whether 2 is 两 depends on what is counted."""
    following = found.string[found.end() : found.end() + 8]
    after = re.sub(rf"^(?:至|到|或){N}", "", following)
    before = found.string[max(0, found.start() - 1) : found.start()]
    return spoken(
        found[0], pair=before not in ("第", "零") and after.startswith(PAIRED)
    )


def _numbered(found: re.Match[str]) -> str:
    number = found[2]
    return found[1] + (cardinal(int(number)) if number.isdigit() else number) + "、"


SIGNS = [
    rule(r"(?<![\d.])(\d{1,3}(?:,\d{3})+)(?!\d)", lambda f: f[1].replace(",", "")),
    rule(r"(?:≥|>=|≧)\s*(?=[-−]?\d)", "大于等于"),
    rule(r"(?:≤|<=|≦)\s*(?=[-−]?\d)", "小于等于"),
    rule(r">\s*(?=\d)", "大于"),
    rule(r"<\s*(?=\d)", "小于"),
    rule(r"约?≈\s*(?=\d)", "约"),
    rule(r"±\s*(?=\d)", "正负"),
]
"""First of all: the numbers behind them must still have their digits."""

AMOUNTS = [
    rule(rf"({N})[%％]?至({N})[%％]", _percents),
    rule(rf"({N})[%％]", _percent),
    rule(rf"({N})‰", lambda found: f"千分之{spoken(found[1])}"),
    rule(
        rf"((?<!\d)[-−])?({N})(?:℃|°C|°|度)?至([-−])?({N})\s*(?:℃|°C|摄氏度)",
        _degree_range,
    ),
    rule(rf"((?<![\dA-Za-z])[-−])?({N})\s*(?:℃|°C|摄氏度)", _degrees),
    rule(rf"(?<![\dA-Za-z])[-−]({N})(?=度)", lambda found: f"零下{spoken(found[1])}"),
    rule(rf"[¥￥]\s*({N})(?![\d.]*\s*[万亿元])", lambda found: f"{found[1]}元"),
    rule(rf"[¥￥]\s*(?={N})", ""),
    rule(r"(?<![\d.])(\d+)\.(\d)(\d)?元", _yuan),
    rule(
        rf"({N})/({N})\s*(?:毫米汞柱|mmHg)",
        lambda found: f"{spoken(found[1])}，{spoken(found[2])}毫米汞柱",
    ),
    rule(
        r"(血压[^\d。]{0,8})(\d{2,3})/(\d{2,3})",
        lambda found: f"{found[1]}{spoken(found[2])}，{spoken(found[3])}",
    ),
    rule(r"(?<![\d/.])(\d{1,2})/(\d{1,3})(?![\d/.])", _fraction),
    rule(r"(?<=\d)\s*[×xX*]\s*(?=\d)", "乘"),
    rule(r"(?<=\d)\s*\+\s*(?=\d)", "加"),
    rule(r"(?<=[\d岁])\s*\+(?!\d)", "以上"),
    rule(r"(?<=\d)\s*=\s*(?=\d)", "等于"),
    rule(rf"(?<![\d.])({N})\s*({UNIT})(?![A-Za-z])", _with_unit),
    rule(rf"(?<=[{PER}])\s*/\s*(?=[\u4e00-\u9fff])", "每"),
]

COUNTS = [
    rule(
        r"(?m)(^|(?<=[。！？；：\s]))\s*[(（]([一二三四五六七八九十]{1,3}|\d{1,2})[)）][、.]?",
        _numbered,
    ),
    rule(
        r"(?m)(^|(?<=[。！？；：\n]))\s*(\d{1,2})\s*(?:[、)）．]|\.(?!\d))", _numbered
    ),
    rule(rf"(?<![\d.]){N}(?![\d.]*\d)", _counted),
]
"""Last: items of a list, then whatever number is left."""
