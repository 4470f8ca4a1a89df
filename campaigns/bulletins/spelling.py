"""Numbers as they are written in a text that is read out."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_TELEPHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4})(?!\d)"
)
_HOTLINE = re.compile(r"(?<!\d)(?:1[12]\d|12\d{3}|1[12]110\d{3})(?!\d)")
_NUMBER = re.compile(r"\d+")
_THREE = 3
_MYRIAD = 10_000


def spoken(text: str) -> str:
    """``text`` with telephone numbers digit by digit and other numbers in words.

    ``0830-5260000`` becomes 零八三零，五二六，零零零零; ``11月25日`` becomes
    十一月二十五日.
    """
    text = _TELEPHONE.sub(lambda found: _telephone(found.group()), text)
    text = _HOTLINE.sub(lambda found: digits(found.group()), text)
    return _NUMBER.sub(lambda found: number(found.group()), text)


def digits(text: str) -> str:
    """Each digit as a character; everything else is left out."""
    return "".join(_DIGITS[int(digit)] for digit in text if digit.isdigit())


def number(text: str) -> str:
    """A whole number below 100 million in words; longer ones digit by digit."""
    if (text.startswith("0") and len(text) > 1) or len(text) > 2 * len(_UNITS):
        return digits(text)
    value = int(text)
    if value < _MYRIAD:
        return _below_myriad(value) or _DIGITS[0]
    high, low = divmod(value, _MYRIAD)
    gap = _DIGITS[0] if 0 < low < _MYRIAD // 10 else ""
    return f"{_below_myriad(high)}万{gap}{_below_myriad(low, alone=False)}"


def _below_myriad(value: int, *, alone: bool = True) -> str:
    words, waiting = "", False
    for place in range(_THREE, -1, -1):
        digit = value // 10**place % 10
        if digit:
            words += (_DIGITS[0] if waiting else "") + _DIGITS[digit] + _UNITS[place]
        waiting = bool(words) and not digit
    return words.removeprefix("一") if alone and words.startswith("一十") else words


def _telephone(text: str) -> str:
    area, plain = _split_area(text)
    if len(plain) == len("13800138000"):
        groups = [plain[:3], plain[3:7], plain[7:]]
    elif len(plain) == len("4001234567"):
        groups = [plain[:3], plain[3:6], plain[6:]]
    else:
        groups = [area, plain[:-4], plain[-4:]]
    return "，".join(digits(group) for group in groups if group)


def _split_area(text: str) -> tuple[str, str]:
    if not text.startswith("0"):
        return "", text.replace("-", "")
    area = text.partition("-")[0] if "-" in text else _area(text)
    return area, text[len(area) :].lstrip("-")


def _area(text: str) -> str:
    two_digits = text[1] in "12"
    return text[: _THREE if two_digits else _THREE + 1]
