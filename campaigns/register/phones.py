"""Telephone numbers: mobiles as E.164, landlines kept as a note, the rest refused."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

from campaigns.errors import Refused, mark
from campaigns.register.text_cells import plain

COUNTRY = "+86"
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}", re.ASCII)
_FOREIGN = re.compile(r"(?:\+|00)(?!86)\d{6,15}", re.ASCII)
_SERVICE = re.compile(r"(?:400|800)\d{7}|95\d{3,6}|10\d{3,17}|1[12]\d{1,3}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_JOINTS = re.compile(r"[\s\-_.()‐-―]+")
_BETWEEN = re.compile(r"[、/;,|\\\n\r和或及]+")
_REMARK = re.compile(r"\(([^()]*[^\d()\s-][^()]*)\)")
_NOTHING = frozenset(
    {
        "",
        "无",
        "没有",
        "无电话",
        "无手机",
        "暂无",
        "/",
        "\\",
        "0",
        "-",
        "--",
        "—",
        "——",
        "x",
    }
)
_MOBILE_DIGITS = 11


def digits_of(text: str) -> str:
    """The number without joints, prefix marks or foreign digit forms."""
    asked = _JOINTS.sub("", plain(text)).lstrip("'")
    if asked.isascii():
        return asked
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in asked)


def says_none(text: str) -> bool:
    """Whether the cell says that there is no telephone."""
    return plain(text).replace(" ", "").lower() in _NOTHING


def is_landline(text: str) -> bool:
    """Whether this is a landline with its area code: it takes no SMS, but rings."""
    return bool(_LANDLINE.fullmatch(digits_of(text)))


def read_phone(text: str) -> str:
    """Read a mobile number of mainland China as E.164. Raises Refused.

    Our own pattern decides; libraries lag behind newly assigned ranges.
    """
    if _MOBILE.fullmatch(text):
        return COUNTRY + text
    number = digits_of(_whole(text))
    for prefix in ("+86", "0086", "86"):
        rest = number.removeprefix(prefix)
        if rest != number and _MOBILE.fullmatch(rest):
            return COUNTRY + rest
    if _MOBILE.fullmatch(number):
        return COUNTRY + number
    raise _why_not(number, plain(text))


def split_phones(text: str) -> list[str]:
    """The numbers in one cell, in order: 138…、139… or 138…/139…, remarks left out."""
    if _MOBILE.fullmatch(text):
        return [text]
    bare = _REMARK.sub(" ", _raw(text))
    parts: list[str] = []
    for part in _BETWEEN.split(bare):
        words = part.split()
        alone = [w for w in words if len(digits_of(w)) >= _MOBILE_DIGITS]
        parts += words if len(words) > 1 and len(alone) == len(words) else [part]
    return [part.strip() for part in parts if part.strip() and not says_none(part)]


def remark(text: str) -> str:
    """What the cell says in brackets beside the number, such as 儿子."""
    match = _REMARK.search(_raw(text))
    return match[1].strip() if match else ""


def unusual(e164: str) -> bool:
    """Whether the numbering plan that we know has no such range; a warning only."""
    return _unassigned(e164.removeprefix(COUNTRY)[:5])


@lru_cache(maxsize=4096)
def _unassigned(first_five: str) -> bool:
    number = phonenumbers.PhoneNumber(
        country_code=86, national_number=int(first_five + "000000")
    )
    return not phonenumbers.is_valid_number(number)


def _raw(text: str) -> str:
    return "\n".join(plain(line) for line in re.split(r"[\r\n]+", text))


def _whole(text: str) -> str:
    """Drop the ``.0`` that a number saved as a decimal drags along."""
    flat = plain(text)
    return flat.removesuffix(".0")


def _why_not(number: str, shown: str) -> Refused:
    if _SCIENTIFIC.fullmatch(shown):
        return Refused(
            mark("号码被表格软件改成了“%(shown)s”，末尾的数字已经丢失。"),
            mark("请把这一列设为“文本”，重新粘贴，再上传。"),
            shown=shown,
        )
    if _LANDLINE.fullmatch(number):
        return Refused(mark("这是座机号，收不了短信。"), mark("请填手机号。"))
    if _FOREIGN.fullmatch(number):
        return Refused(mark("这是境外号码，发不了短信。"), mark("请填手机号。"))
    if _SERVICE.fullmatch(number):
        return Refused(mark("这是服务号码，不是个人手机。"), mark("请填手机号。"))
    if not number.isdecimal():
        return Refused(mark("手机号里有不是数字的字。"), mark("请只填 11 位数字。"))
    return Refused(
        mark("手机号要 11 位，以 13 到 19 开头，现在是 %(length)s 位。"),
        mark("请只填 11 位数字。"),
        length=len(number),
    )
