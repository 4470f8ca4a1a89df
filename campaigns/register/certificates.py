"""Certificate and ID numbers: form, real date, check digit, and what they tell.

A certificate number is the 18-character citizen ID, a category 1 to 7, a grade 1 to 4
and, after a loss, B1, B2 and so on. The first six digits are the county of first
registration; an unknown county is never a reason to refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from operator import mul

from campaigns.errors import Refused, mark
from campaigns.register.text_cells import compact
from campaigns.vocabulary import Sex

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ID = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_CERTIFICATE = re.compile(r"([1-9]\d{16}[\dX])([1-7])([1-4])(B\d{1,2})?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII)
_OTHER_PAPER = re.compile(r"[A-Z]{1,3}\d{6,10}|.{0,4}字第?\d{4,10}号?", re.ASCII)
"""Passports, permits for Hong Kong, Macao and Taiwan, and soldiers' cards."""
_ID_LENGTH = 18
_OLD_ID_LENGTH = 15
_CERTIFICATE_LENGTH = 20
_YEARS = range(1800, 2100)


@dataclass(frozen=True, slots=True)
class Identity:
    """What an 18-character ID number tells."""

    number: str
    birth_date: date
    sex: Sex


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate number tells; ``reissue`` is such as B1, or empty."""

    id_number: str
    category: int
    grade: int
    reissue: str
    birth_date: date
    sex: Sex

    @property
    def number(self) -> str:
        """The whole number in one form."""
        return f"{self.id_number}{self.category}{self.grade}{self.reissue}"


def check_digit(first17: str) -> str:
    """The 18th character for 17 digits, by ISO 7064 MOD 11-2."""
    return _CHECKS[sum(map(mul, map(int, first17), _WEIGHTS)) % 11]


def read_id(text: str) -> Identity:
    """Read an 18-character ID number. Raises Refused."""
    number = _tidy(text)
    if len(number) == _OLD_ID_LENGTH and number.isdigit():
        raise Refused(mark("这是 15 位的旧身份证号。"), mark("请换成 18 位的号码。"))
    if _OTHER_PAPER.fullmatch(number):
        raise Refused(
            mark("这是护照、通行证或军官证的号码，不是身份证号。"),
            mark("没有身份证号的，请写“无”，再填类别和等级。"),
        )
    if not _ID.fullmatch(number):
        raise Refused(
            mark("身份证号要 18 位，现在是 %(length)s 位，或有别的字符。"),
            mark("请核对原件。"),
            length=len(number),
        )
    return _identity(number)


def read_certificate(text: str) -> Certificate:
    """Read a certificate number of 20 characters, or 22 with its suffix.

    Raises Refused.
    """
    number = text
    match = _CERTIFICATE.fullmatch(number)
    if match is None:
        number = _tidy(text)
        match = _CERTIFICATE.fullmatch(number)
    if match is None:
        raise _why_not(number)
    identity = _identity(match[1])
    return Certificate(
        identity.number,
        int(match[2]),
        int(match[3]),
        match[4] or "",
        identity.birth_date,
        identity.sex,
    )


def _tidy(text: str) -> str:
    number = compact(text).upper().lstrip("'").replace("-", "")
    if _SCIENTIFIC.fullmatch(number):
        raise Refused(
            mark("号码被表格软件改成了“%(shown)s”，末尾的数字已经丢失。"),
            mark("请把这一列设为“文本”，重新粘贴，再上传。"),
            shown=number,
        )
    return number


def _identity(number: str) -> Identity:
    born = _birth_date(number)
    if check_digit(number[:17]) != number[17]:
        raise Refused(mark("身份证号校验不对，可能抄错一位。"), mark("请核对原件。"))
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Identity(number, born, sex)


def _birth_date(number: str) -> date:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    try:
        born = date(year, month, day)
    except ValueError:
        born = date.min
    if born.year not in _YEARS:
        raise Refused(
            mark("号码里的出生日期“%(digits)s”不存在。"),
            mark("请核对原件。"),
            digits=number[6:14],
        )
    return born


def _why_not(number: str) -> Refused:
    if len(number) == _ID_LENGTH and _ID.fullmatch(number):
        return Refused(
            mark("证号最后要有 2 位类别和等级，现在只有 18 位。"),
            mark("请照残疾人证补全。"),
        )
    if len(number) == _CERTIFICATE_LENGTH and _ID.fullmatch(number[:18]):
        return Refused(
            mark("证号最后 2 位是“%(tail)s”：类别应是 1 到 7，等级应是 1 到 4。"),
            mark("请照残疾人证补全。"),
            tail=number[18:],
        )
    return Refused(
        mark("残疾人证号要 20 位，现在是 %(length)s 位，或有别的字符。"),
        mark("请核对原件。"),
        length=len(number),
    )
