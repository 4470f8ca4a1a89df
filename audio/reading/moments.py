"""Dates, times of day, and everything that reaches from one to another."""

from __future__ import annotations

import re

from audio.reading.numerals import cardinal, counted, digit_by_digit, spoken
from audio.reading.rule import rule

_DASH = r"\s*(?:--|[-–—−~～])\s*"
_DAYTIME = "上午|下午|中午|晚|凌晨|次日"


def _year(found: re.Match[str]) -> str:
    return digit_by_digit(found[0])


def _full_date(found: re.Match[str]) -> str:
    year, month, day = digit_by_digit(found[1]), int(found[2]), int(found[3])
    return f"{year}年{cardinal(month)}月{cardinal(day)}日"


def _clock(found: re.Match[str]) -> str:
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    words = ("两" if hour == 2 else cardinal(hour)) + "点"  # noqa: PLR2004
    if minute or second:
        words += "零" if 0 < minute < 10 else ""  # noqa: PLR2004
        words += cardinal(minute) + "分"
    if second:
        words += spoken(second) + "秒"
    return words


def _document(found: re.Match[str]) -> str:
    return f"，{digit_by_digit(found[1])}，{counted(found[2])}号"


def _ratio(found: re.Match[str]) -> str:
    return f"{spoken(found[1])}比{spoken(found[2])}"


MOMENTS = [
    rule(r"[〔\[【(（]((?:19|20)\d\d)[〕\]】)）](?:第)?(\d+)号", _document),
    rule(
        r"(?<!\d)((?:19|20)\d\d)[-/.年](0?[1-9]|1[0-2])[-/.月]"
        r"(0?[1-9]|[12]\d|3[01])(?:[日号]|(?![\d.]))",
        _full_date,
    ),
    # Three or more joined numbers that are no date are an address.
    rule(
        r"(?<!\d)\d+(?:-\d+){2,}(?!\d)",
        lambda found: "杠".join(digit_by_digit(part) for part in found[0].split("-")),
    ),
    rule(
        r"(?<=兑水|稀释|比例|配比)([^\d。，]{0,6})(\d+)[:：](\d+)(?!\d)",
        lambda found: f"{found[1]}{spoken(found[2])}比{spoken(found[3])}",
    ),
    rule(
        r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?!\d)"
        r"(?!\s*(?:稀释|配比|的比例))",
        _clock,
    ),
    rule(r"(?<![\d:：])(\d+)[:：](\d+)(?![\d:：])", _ratio),
    rule(
        rf"(?<=[\d日号月年点分时℃C度%％元万亿千百个天岁米克级秒]){_DASH}"
        rf"(?=[-−]?\d|{_DAYTIME}|第|周|星期|明)",
        "至",
    ),
    rule(
        rf"(?<=[点分日号月年周期一二三四五六日天]){_DASH}"
        rf"(?=[零一二三四五六七八九十两]{{1,3}}[点月日号年]|周|星期|{_DAYTIME})",
        "至",
    ),
    rule(r"(?<=[\u4e00-\u9fff])\s*[~～]\s*(?=[\u4e00-\u9fff])", "至"),
    rule(
        r"(?<!\d)((?:19|20)\d\d)年?至((?:19|20)\d\d)(?=年|学年)",
        lambda found: f"{digit_by_digit(found[1])}至{digit_by_digit(found[2])}",
    ),
    rule(r"(?<![\d.])(?:19|20|21)\d\d(?=年|届|级|春|夏|秋|冬|版)", _year),
]
"""After telephones; a colon is never taken for a ratio before it was a time."""
