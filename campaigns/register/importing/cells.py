"""What one cell says, field by field: a value, or a Refused that tells why not."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from campaigns.errors import Refused, mark
from campaigns.register.sheets.sheet_xml import NO_RESULT
from campaigns.register.text_cells import (
    broken,
    compact,
    person_name,
    plain,
    too_many_marks,
)
from campaigns.vocabulary import Category, MemberStatus, Sex

EXACT = 10**15
"""Above this a spreadsheet has lost digits: a number there is no longer the number."""
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
_SIGNS = (
    ("视盲", Category.VISUAL),
    ("听聋", Category.HEARING),
    ("言语哑", Category.SPEECH),
    ("肢", Category.PHYSICAL),
    ("智", Category.INTELLECTUAL),
    ("精", Category.PSYCHOSOCIAL),
)
_SUSPECT = re.compile("^#|\ufffd|锟斤|烫烫|屯屯")
_NUMBERS = re.compile(r"[1-7](?:[、,;/+ ]*[1-7])*")
_GRADE = re.compile(
    r"(?<![一二三四1-4IVi壹贰叁肆])(IV|I{1,3}|[一二三四1-4壹贰叁肆])级?"
)
_GRADES = {
    **dict.fromkeys(("1", "一", "壹", "I"), 1),
    **dict.fromkeys(("2", "二", "贰", "II"), 2),
    **dict.fromkeys(("3", "三", "叁", "III"), 3),
    **dict.fromkeys(("4", "四", "肆", "IV"), 4),
}
_YES = frozenset({"是", "有", "√", "✓", "1", "y", "yes", "对", "true", "☑"})
_NO = frozenset(
    {"否", "无", "没有", "不是", "×", "x", "0", "n", "no", "false", "/", "-"}
)
_DATE = re.compile(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?")
_STATUSES = (
    ("去世", MemberStatus.DECEASED),
    ("死亡", MemberStatus.DECEASED),
    ("已故", MemberStatus.DECEASED),
    ("迁出", MemberStatus.MOVED),
    ("注销", MemberStatus.REVOKED),
)
_REMEMBERED = 1024
_NAME_LENGTH = 60
_TEXT_LENGTH = 500
_NAME_DIGITS = 6


def text_of(cell: Any) -> str:  # noqa: ANN401
    """A cell as text. Raises Refused for what a spreadsheet made of it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        if _SUSPECT.search(cell):
            _check_text(cell)
        return cell.strip()
    if isinstance(cell, bool):
        raise Refused(
            mark("这格是“真假值”，不是文字。"), mark("请把这格设为“文本”，重新填写。")
        )
    if abs(cell) >= EXACT:
        raise Refused(
            mark("号码被表格软件改成了“%(shown)s”，末尾的数字已经丢失。"),
            mark("请把这一列设为“文本”，重新粘贴，再上传。"),
            shown=f"{cell:.2G}",
        )
    return str(int(cell)) if cell == int(cell) else str(cell)


def _check_text(text: str) -> None:
    if text == NO_RESULT:
        raise Refused(
            mark("这格是公式，没有算出结果。"), mark("请改成文字，重新填写。")
        )
    if text.startswith(_ERRORS):
        raise Refused(
            mark("这格是公式算出的错误“%(shown)s”。"),
            mark("请改成文字，重新填写。"),
            shown=text[:8],
        )
    if broken(text):
        raise Refused(mark("这格有乱码，或者太长。"), mark("请照原件重新填写。"))


def name_of(text: str) -> str:
    """A person's name in one form."""
    name = person_name(text)
    if sum(c.isdigit() for c in name) >= _NAME_DIGITS:
        raise Refused(mark("姓名里填的是号码。"), mark("请核对是不是填错了列。"))
    if len(name) > _NAME_LENGTH or too_many_marks(name):
        raise Refused(mark("姓名太长，或有多余的符号。"), mark("请照原件重新填写。"))
    return name


def free_text(text: str) -> str | None:
    """An address or a remark; cut at 500 characters."""
    return plain(text)[:_TEXT_LENGTH] or None


@lru_cache(_REMEMBERED)
def categories_of(text: str) -> tuple[int | None, int]:
    """The certificate's category (1 to 7) and the mask of components named.

    ``None, 0`` for an empty cell. Raises Refused for words that name none.
    """
    flat = compact(text)
    if not flat:
        return None, 0
    if _NUMBERS.fullmatch(flat):
        named = {Category(int(c)) for c in flat if c.isdigit()}
    else:
        named = {c for signs, c in _SIGNS if any(sign in flat for sign in signs)}
        if "多重" in flat or "综合" in flat:
            named.add(Category.MULTIPLE)
    if not named:
        raise Refused(
            mark("看不出是哪一类残疾。"),
            mark("请填视力、听力、言语、肢体、智力、精神或多重。"),
        )
    mask = sum(category.bit for category in named)
    return int(next(iter(named)) if len(named) == 1 else Category.MULTIPLE), mask


@lru_cache(_REMEMBERED)
def grade_of(text: str) -> int | None:
    """1 to 4, or None for an empty cell. Raises Refused."""
    flat = compact(text).upper()
    if not flat:
        return None
    match = _GRADE.search(flat)
    if match is None or (len(flat) == 1 and flat not in _GRADES):
        raise Refused(mark("看不出是几级。"), mark("请填一级、二级、三级或四级。"))
    return _GRADES[match[1]]


@lru_cache(_REMEMBERED)
def grade_within(text: str) -> int | None:
    """The grade that words for a category name beside it, as 肢体残疾二级 does."""
    match = _GRADE.search(compact(text).upper())
    return _GRADES[match[1]] if match and match[0].endswith("级") else None


def sex_of(text: str) -> Sex | None:
    """From 男, 女 and what offices write instead; None when it cannot be told."""
    first = compact(text)[:1].upper()
    if first in {"男", "1", "M"}:
        return Sex.MALE
    return Sex.FEMALE if first in {"女", "2", "F"} else None


@lru_cache(_REMEMBERED)
def flag_of(text: str) -> bool | None:
    """Yes, no, or None for an empty cell; any other words mean yes."""
    flat = compact(text).lower()
    if not flat:
        return None
    return flat in _YES or flat not in _NO


def status_of(text: str) -> MemberStatus | None:
    """A status other than active, where the words name one."""
    return next((status for sign, status in _STATUSES if sign in text), None)


def date_of(text: str) -> date | None:
    """A day in any of the usual forms; None when there is none or it is not real."""
    match = _DATE.fullmatch(compact(text))
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
