"""Telephones, hotlines and numbers that are names: digit by digit."""

from __future__ import annotations

import re

from audio.reading.numerals import digit_by_digit, telephone
from audio.reading.rule import MEASURE, UNIT, rule

_NOT_COUNTED = rf"(?![\d.%％℃：:]|\s*(?:[{MEASURE}]|{UNIT}))"
_HOTLINE = rf"1(?:10|19|20|22|14){_NOT_COUNTED}"
_DIAL = (
    "(?:拨打|拨|打|电话|热线|报警|急救|火警|匪警|交警|致电|呼叫|号码|联系|求助|短信|"
    "发到|咨询|请叫|喊)"
)
_WHO = (
    "(?=急救|报警|电话|热线|求助|救护|中心|平台|指挥|出警|调度|民警|接警|服务台|查号)"
)
_NAMED = (
    "(?:邮编|邮政编码|账号|帐号|编号|群号|验证码|尾号|房号|工号|分机|短号|密码|"
    "身份证号码?|证号|QQ|微信号?|取件码|门牌号?)"
)
_AREA = r"[(（]?0\d{2,3}[)）]?"


def _called(found: re.Match[str]) -> str:
    return digit_by_digit(found[0], one="幺")


def _subscriber(found: re.Match[str]) -> str:
    extension = found[2] if found.re.groups > 1 else None
    said = telephone(re.sub(r"\D", "", found[1]))
    return said + (f"，转{digit_by_digit(extension, one='幺')}" if extension else "")


def _code(digits: str) -> str:
    """A long string in groups, so that somebody can write it down."""
    size = 3 if len(digits) in (6, 9) else 4
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    return "，".join(digit_by_digit(group) for group in groups)


PHONES = [
    rule(
        r"(?<!\d)(?:\+?86[- ]?|0086[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)",
        _subscriber,
    ),
    rule(
        rf"(?<!\d)({_AREA}[-–—－ ]{{0,2}}[1-9]\d{{2,3}}[- ]?\d{{4}}|"
        rf"{_AREA}[-–—－]0\d{{6,7}})(?:[-转]{{1,2}}(\d{{1,5}}))?(?!\d)",
        _subscriber,
    ),
    rule(r"(?<!\d)([48]00[- ]?\d{3}[- ]?\d{4}|[48]00-\d{4}-\d{3})(?!\d)", _subscriber),
    rule(
        r"(?:(?<=电话)|(?<=热线)|(?<=拨打)|(?<=联系)|(?<=咨询)|(?<=座机)|(?<=[：:、]))"
        r"([2-9]\d{6,7})(?![\d年月.%])",
        _subscriber,
    ),
    rule(r"(?<![\d.])12110\d{3}(?!\d)", _called),
    rule(
        rf"(?<![\d.])(?:12\d{{3}}|95\d{{3}}|96\d{{3,4}}|100(?:86|10|00))(?!\d){_NOT_COUNTED}",
        _called,
    ),
    rule(rf"(?<=[打拨叫喊]){_HOTLINE}", _called),
    rule(
        rf"({_DIAL}[^\d。！？]{{0,6}}?)({_HOTLINE})",
        lambda found: found[1] + digit_by_digit(found[2], one="幺"),
    ),
    rule(rf"(?<![\d.])1(?:10|19|20|22|14){_WHO}", _called),
    # The second and third of a list of hotlines; each pass reads one more.
    *[rule(rf"(?<=[幺零九二四][、和或及]){_HOTLINE}", _called)] * 3,
]
"""Before every other rule: their hyphens and brackets mean nothing else."""

CODES = [
    rule(
        r"(?<![\d.])\d{3}(?=国道|省道|县道|乡道)|"
        r"(?<![\d.])\d{3}(?=路(?:公交|车|$|[，。]))|"
        r"(?<![\d.])\d{3,4}(?=室|号房|房间|病房|诊室|办公室|教室|航班|次列车)",
        _called,
    ),
    rule(
        rf"({_NAMED}[：:是为 ]{{0,2}})(\d{{3,}})",
        lambda found: found[1] + _code(found[2]),
    ),
    rule(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])", "下划线"),
    rule(
        r"(?<=[A-Za-z线])-?(\d+)(?![\d.]*[%％])", lambda found: digit_by_digit(found[1])
    ),
    rule(r"(?<![\d.])\d{9,}(?!\d)(?![万亿元])", lambda found: _code(found[0])),
]
"""After units: "5ml" is an amount, "B12" a name."""
