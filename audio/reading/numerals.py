"""Arabic digits as Chinese words: the plain forms that the rules are built from."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
_SMALL = ("", "十", "百", "千")
_LARGE = ("", "万", "亿", "万亿")
_LONGEST = 4 * len(_LARGE)


def digit_by_digit(number: str, one: str = "一") -> str:
    """120 as 一二零; one="幺" for telephones."""
    return "".join(one if digit == "1" else DIGITS[int(digit)] for digit in number)


def cardinal(number: int) -> str:
    """A count of 0 to 9,999,999,999,999,999 as it is spoken: 10500 is 一万零五百."""
    if number == 0:
        return "零"
    sections: list[int] = []
    while number:
        number, section = divmod(number, 10000)
        sections.append(section)
    words = ""
    for place in reversed(range(len(sections))):
        section = sections[place]
        if not section:
            continue
        if words and (section < 1000 or sections[place + 1] == 0):  # noqa: PLR2004
            words += "零"
        words += _section(section) + _LARGE[place]
    return words.removeprefix("一") if words.startswith("一十") else words


def counted(digits: str) -> str:
    """Digits as a count, or, where no word is large enough, one by one."""
    if len(digits) > _LONGEST:
        return digit_by_digit(digits)
    return cardinal(int(digits))


def _section(section: int) -> str:
    words, gap = "", False
    for place in reversed(range(4)):
        digit = section // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + _SMALL[place]
        gap = not digit
    return words


def spoken(number: str, *, pair: bool = False) -> str:
    """A number of digits with at most one point; pair reads 2 as 两 before a measure.

    A leading zero ("05", "007") means that each digit counts.
    """
    whole, _, part = number.partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        words = digit_by_digit(whole)
    else:
        words = counted(whole or "0")
        words = _paired(words, pair=pair and not part)
    return words + ("点" + digit_by_digit(part) if part else "")


def _paired(words: str, *, pair: bool) -> str:
    if words == "二":
        return "两" if pair else words
    for unit in ("千", "万", "亿"):
        if words.startswith("二" + unit):
            return "两" + words[1:]
    return words


def telephone(number: str) -> str:
    """Digits in groups of three and four with pauses, 1 as 幺.

    Area code first (3 or 4 digits, from the leading 0), mobiles 3-4-4, 400 3-3-4.
    """
    groups = _groups(number)
    return "，".join(digit_by_digit(group, one="幺") for group in groups)


def _groups(number: str) -> list[str]:
    if number.startswith("0"):
        cut = 3 if number[1] in "12" else 4
        return [number[:cut], *_fours(number[cut:])]
    if len(number) == 11:  # noqa: PLR2004 - a mobile
        return [number[:3], number[3:7], number[7:]]
    if len(number) == 10:  # noqa: PLR2004 - 400 and 800
        return [number[:3], number[3:6], number[6:]]
    return _fours(number)


def _fours(number: str) -> list[str]:
    """3-4 and 4-4 as subscribers' numbers are said; longer ones in fours."""
    if len(number) in (7, 8):
        return [number[:-4], number[-4:]]
    return [number[at : at + 4] for at in range(0, len(number), 4)]
