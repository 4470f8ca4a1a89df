"""Numbers, dates, times, telephones, units and signs as words, first rule first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audio.reading.numerals import cardinal, digit_by_digit, spoken, telephone
from audio.reading.units import PAIRED, PER, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

N = r"\d+(?:\.\d+)?"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_MEASURE = (
    "个人元块角分万亿千百天次年月日号时点岁米克斤升度名位户家张片粒支针剂盒瓶杯"
    "吨里公小平毫摄周条种项件遍步辆台只头亩层楼级倍成例份步篇顿把根套所座场"
)
Rule = tuple[re.Pattern[str], "Callable[[re.Match[str]], str]"]


def say_numbers(text: str) -> str:
    """Every digit and sign that can be read as words; what cannot is left standing.

    text is a cleaned text; the answer may still hold letters, which
    `audio.reading.letters` spells, and marks that no rule knows.
    """
    for pattern, say in RULES:
        text = pattern.sub(say, text)
    return text


def _rule(pattern: str, say: Callable[[re.Match[str]], str], flags: int = 0) -> Rule:
    return re.compile(pattern, flags), say


def _phone(found: re.Match[str]) -> str:
    return telephone(re.sub(r"\D", "", found[1])) + (
        f"，转{digit_by_digit(found[2], one='幺')}"
        if found.re.groups > 1 and found[2]
        else ""
    )


def _year(digits: str) -> str:
    return digit_by_digit(digits)


def _full_date(found: re.Match[str]) -> str:
    year, month, day = found[1], int(found[2]), int(found[3])
    return f"{_year(year)}年{cardinal(month)}月{cardinal(day)}日"


def _clock(found: re.Match[str]) -> str:
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    words = ("两" if hour == 2 else cardinal(hour)) + "点"  # noqa: PLR2004
    if minute or second:
        words += ("零" if 0 < minute < 10 else "") + cardinal(minute) + "分"  # noqa: PLR2004
    if second:
        words += spoken(second) + "秒"
    return words


def _percent(found: re.Match[str]) -> str:
    name = "千分之" if found[0].endswith("‰") else "百分之"
    if found.re.groups > 1:
        return f"{name}{spoken(found[1])}至{name}{spoken(found[2])}"
    return name + spoken(found[1])


def _degrees(found: re.Match[str]) -> str:
    return f"{'零下' if found[1] else ''}{spoken(found[2])}摄氏度"


def _degree_range(found: re.Match[str]) -> str:
    low = ("零下" if found[1] else "") + spoken(found[2])
    high = ("零下" if found[3] else "") + spoken(found[4])
    return f"{low}至{high}摄氏度"


def _yuan(found: re.Match[str]) -> str:
    whole, tenths, cents = found[1], found[2], found[3] or "0"
    words = spoken(whole, pair=True) + "元" if int(whole) else ""
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
    number = spoken(found[1], pair=unit[0] in PAIRED or unit in PAIRED)
    return number + unit


def _counted(found: re.Match[str]) -> str:
    """A bare number; whether 2 is 两 depends on what is counted."""
    following = found.string[found.end() : found.end() + 8]
    after = re.sub(rf"^(?:至|到|或){N}", "", following)
    before = found.string[max(0, found.start() - 1) : found.start()]
    ordinal = before in ("第", "零") and before != ""
    pair = not ordinal and any(after.startswith(word) for word in PAIRED)
    return spoken(found[0], pair=pair)


def _same(words: str) -> Callable[[re.Match[str]], str]:
    return lambda found: words.format(*found.groups(""))


def _digits(found: re.Match[str]) -> str:
    return digit_by_digit(found[0])


def _called(found: re.Match[str]) -> str:
    return digit_by_digit(found[0], one="幺")


def _bracketed_number(found: re.Match[str]) -> str:
    number = found[1]
    return (cardinal(int(number)) if number.isdigit() else number) + "、"


_DIAL = (
    "(?:拨打|拨|打|电话|热线|报警|急救|致电|呼叫|号码|联系|求助|短信|发到|咨询|请叫|喊)"
)
_NAMED = (
    "(?:邮编|邮政编码|账号|帐号|编号|群号|验证码|尾号|房号|工号|分机|短号|密码|"
    "身份证号码?|证号|QQ|微信号?|取件码|门牌号?)"
)
"""Words before a number that is a name, said digit by digit."""
_NO_MEASURE = rf"(?![\d.%％℃：:]|\s*(?:[{_MEASURE}]|{_UNIT}))"

RULES: list[Rule] = [
    # Signs before a number, while the number still has digits.
    _rule(r"(?:≥|>=|≧)\s*(?=\d)", lambda _: "大于等于"),
    _rule(r"(?:≤|<=|≦)\s*(?=\d)", lambda _: "小于等于"),
    _rule(r">\s*(?=\d)", lambda _: "大于"),
    _rule(r"<\s*(?=\d)", lambda _: "小于"),
    _rule(r"[≈约]\s*≈?\s*(?=\d)", lambda _: "约"),
    _rule(r"±\s*(?=\d)", lambda _: "正负"),
    # Thousands, document numbers, telephones: before anything takes their hyphens.
    _rule(r"(?<![\d.])(\d{1,3}(?:,\d{3})+)(?!\d)", lambda f: f[1].replace(",", "")),
    _rule(
        r"[〔\[【(（]((?:19|20)\d\d)[〕\]】)）](?:第)?(\d+)号",
        lambda f: f"，{_year(f[1])}，{cardinal(int(f[2]))}号",
    ),
    _rule(
        r"(?<!\d)(?:\+?86[- ]?|0086[- ]?)?(1[3-9]\d(?:[- ]?)\d{4}(?:[- ]?)\d{4})(?!\d)",
        _phone,
    ),
    _rule(
        r"(?<!\d)(\(?0\d{2,3}\)?[-–—－ ]{0,2}[1-9]\d{2,3}[- ]?\d{4}|"
        r"\(?0\d{2,3}\)?[-–—－]0\d{6,7})"
        r"(?:[-转]{1,2}(\d{1,5}))?(?!\d)",
        _phone,
    ),
    _rule(r"(?<!\d)([48]00[- ]?\d{3}[- ]?\d{4}|[48]00-\d{4}-\d{3})(?!\d)", _phone),
    _rule(
        r"((?<=电话)|(?<=热线)|(?<=拨打)|(?<=联系)|(?<=咨询)|(?<=座机)|(?<=[：:、]))"
        r"([2-9]\d{6,7})(?![\d年月.%])",
        lambda f: telephone(f[2]),
    ),
    _rule(r"(?<![\d.])12110\d{3}(?!\d)", _called),
    _rule(
        rf"(?<![\d.])(?:12\d{{3}}|95\d{{3}}|96\d{{3,4}}|100(?:86|10|00))(?!\d){_NO_MEASURE}",
        _called,
    ),
    _rule(
        rf"(?<=[打拨叫喊])(?:1(?:10|19|20|22|14)){_NO_MEASURE}",
        _called,
    ),
    _rule(
        rf"({_DIAL}[^\d。！？]{{0,6}}?(?:[幺零一二三四五六七八九]{{3,8}}[、和或/及])*)"
        rf"(1(?:10|19|20|22|14)){_NO_MEASURE}",
        lambda f: f[1] + digit_by_digit(f[2], one="幺"),
    ),
    _rule(
        r"(?<![\d.])1(?:10|19|20|22|14)(?=急救|报警|电话|热线|求助|救护|中心|平台|指挥|出警|调度)",
        _called,
    ),
    _rule(
        rf"(?<=[幺零][、和或及])(?:1(?:10|19|20|22|14)){_NO_MEASURE}",
        _called,
    ),
    # Three or more joined numbers are an address, except a date.
    _rule(
        r"(?<!\d)((?:19|20)\d\d)[-/.年](0?[1-9]|1[0-2])[-/.月]"
        r"(0?[1-9]|[12]\d|3[01])(?:[日号]|(?![\d.]))",
        _full_date,
    ),
    _rule(
        r"(?<!\d)\d+(?:-\d+){2,}(?!\d)",
        lambda f: "杠".join(digit_by_digit(part) for part in f[0].split("-")),
    ),
    # Times before ranges, so that a colon is never taken for a ratio.
    _rule(
        r"(兑水|稀释|比例|配比|按|比)([^\d。，]{0,6})(\d+)[:：](\d+)(?!\d)",
        lambda f: f"{f[1]}{f[2]}{spoken(f[3])}比{spoken(f[4])}",
    ),
    _rule(
        r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?!\d)(?!\s*(?:稀释|配比|的比例))",
        _clock,
    ),
    _rule(
        r"(?<![\d:：])(\d+)[:：](\d+)(?![\d:：])",
        lambda f: f"{spoken(f[1])}比{spoken(f[2])}",
    ),
    # Ranges.
    _rule(
        r"(?<=[\d日号月年点分时℃C度%％元万亿千百个天岁米克级秒])\s*(?:--|[-–—−~～])\s*"
        r"(?=[-−]?\d|上午|下午|中午|晚|凌晨|次日|第|周|星期|明)",
        lambda _: "至",
    ),
    _rule(
        r"(?<=[点分日号月年周期一二三四五六日天])\s*(?:--|[-–—−~～])\s*"
        r"(?=[零一二三四五六七八九十两]{1,3}[点月日号年]|周|星期|上午|下午|中午|晚|凌晨|次日)",
        lambda _: "至",
    ),
    _rule(r"(?<=[\u4e00-\u9fff])\s*[~～]\s*(?=[\u4e00-\u9fff])", lambda _: "至"),
    # Years.
    _rule(
        r"(?<!\d)((?:19|20)\d\d)年?至((?:19|20)\d\d)(?=年|学年)",
        lambda f: f"{_year(f[1])}至{_year(f[2])}",
    ),
    _rule(r"(?<![\d.])((?:19|20|21)\d\d)(?=年|届|级|春|夏|秋|冬|版)", _digits),
    # Percentages, temperatures.
    _rule(rf"({N})[%％]?至({N})[%％]", _percent),
    _rule(rf"({N})[%％]", _percent),
    _rule(rf"({N})‰", _percent),
    _rule(
        rf"((?<!\d)[-−])?({N})(?:℃|°C|°|度)?至([-−])?({N})\s*(?:℃|°C|摄氏度)",
        _degree_range,
    ),
    _rule(rf"((?<![\dA-Za-z])[-−])?({N})\s*(?:℃|°C|摄氏度)", _degrees),
    _rule(
        rf"(?<![\dA-Za-z])[-−]({N})(?=度)",
        lambda f: f"零下{spoken(f[1])}",
    ),
    # Money.
    _rule(
        rf"[¥￥]\s*({N})(?![\d.]*\s*[万亿元])",
        lambda f: f"{f[1]}元",
    ),
    _rule(rf"[¥￥]\s*(?={N})", lambda _: ""),
    _rule(r"(?<![\d.])(\d+)\.(\d)(\d)?元", _yuan),
    # Blood pressure, fractions, per.
    _rule(
        rf"({N})/({N})\s*(?:毫米汞柱|mmHg)",
        lambda f: f"{spoken(f[1])}，{spoken(f[2])}毫米汞柱",
    ),
    _rule(
        r"(血压[^\d。]{0,8})(\d{2,3})/(\d{2,3})",
        lambda f: f"{f[1]}{spoken(f[2])}，{spoken(f[3])}",
    ),
    _rule(r"(?<![\d/.])(\d{1,2})/(\d{1,3})(?![\d/.])", _fraction),
    # Signs between numbers.
    _rule(r"(?<=\d)\s*[×xX*]\s*(?=\d)", lambda _: "乘"),
    _rule(r"(?<=\d)\s*\+\s*(?=\d)", lambda _: "加"),
    _rule(r"(?<=[\d岁])\s*\+(?!\d)", lambda _: "以上"),
    _rule(r"(?<=\d)\s*=\s*(?=\d)", lambda _: "等于"),
    # Units, and what they are counted by.
    _rule(
        rf"(?<![\d.])({N})\s*({_UNIT})(?![A-Za-z])",
        _with_unit,
    ),
    _rule(rf"(?<=[{PER}])\s*/\s*(?=[\u4e00-\u9fff])", lambda _: "每"),
    # Numbers that are names.
    _rule(
        r"(?<![\d.])\d{3}(?=国道|省道|县道|乡道)|(?<![\d.])\d{3}(?=路(?:公交|车|$|[，。]))|"
        r"(?<![\d.])\d{3,4}(?=室|号房|房间|病房|诊室|办公室|教室|航班|次列车)",
        _called,
    ),
    _rule(
        rf"({_NAMED}[：:是为 ]{{0,2}})"
        r"(\d{3,})",
        lambda f: f[1] + _code(f[2]),
    ),
    _rule(r"(?<=[A-Za-z])-?(\d+)(?![\d.]*[%％])", lambda f: digit_by_digit(f[1])),
    _rule(r"(?<![\d.])\d{9,}(?!\d)(?![万亿元])", lambda f: _code(f[0])),
    # Enumerations.
    _rule(
        r"(?m)(^|(?<=[。！？；：\s]))\s*[(（]([一二三四五六七八九十]{1,3}|\d{1,2})[)）][、.]?",
        lambda f: f[1] + _number_of_item(f[2]) + "、",
    ),
    _rule(
        r"(?m)(^|(?<=[。！？；：\n]))\s*(\d{1,2})\s*(?:[、)）．]|\.(?!\d))",
        lambda f: f[1] + cardinal(int(f[2])) + "、",
    ),
    # What is left.
    _rule(rf"(?<![\d.]){N}(?![\d.]*\d)", _counted),
]


def _code(digits: str) -> str:
    """A long string in groups of four, so that somebody can write it down."""
    size = 3 if len(digits) in (6, 9) else 4
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    return "，".join(digit_by_digit(group) for group in groups)


def _number_of_item(number: str) -> str:
    return cardinal(int(number)) if number.isdigit() else number
