"""The header of a county's list, found by its names below any title rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaigns.errors import Unreadable, mark
from campaigns.register.text_cells import compact

LOOKED_AT = 30
"""Rows in which a header may stand; titles, units and dates come before it."""

IGNORED = frozenset({"serial", "problem", "ignore"})
NEEDED = frozenset({"certificate", "id_number", "category"})
_KIN = "(?:监护人|联系人|家属|亲属|家长|紧急联系人|监护人或联系人)"
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("problem", "问题|怎么改"),
    ("serial", "序号|编号|序|no"),
    ("guardian_phone", f"(?:{_KIN}|家庭).*(?:电话|手机|号码|联系方式)"),
    ("guardian_relation", f"(?:{_KIN}|与|和)?.*关系"),
    ("ignore", f"{_KIN}.*(?:身份证|证号|证件).*"),
    ("guardian_name", f"{_KIN}(?:的?姓名|名字)?"),
    (
        "phone",
        "(?:本人|个人|残疾人)?(?:联系|移动|手机)?(?:电话|手机)(?:号码?)?[12]?|联系方式",
    ),
    ("certificate", "(?:第二代)?残疾人?证(?:件?号码?|编号)?|证件?号码?|残疾证"),
    ("id_number", "(?:本人|公民|居民)?身份证?(?:件?号码?)?|公民身份号码"),
    (
        "components",
        "(?:多重|具体|各)(?:残疾)?(?:类别|类型|明细|组成)|(?:残疾)?类别明细",
    ),
    ("category", "(?:主要)?(?:残疾人?)?(?:类别|类型|种类)(?:[及和与]?等级)?|残别"),
    ("grade", "(?:残疾人?)?(?:等级|级别|程度)"),
    (
        "township",
        "(?:所在|所属|户籍)?(?:乡镇?|镇乡?|街道|镇街|乡镇街道?|镇街道)(?:名称)?",
    ),
    ("village", "(?:所在|所属)?(?:行政)?(?:村居?|社区|村社区|居委会|村委会)(?:名称?)?"),
    ("address", "(?:家庭|现|户籍|详细|居住)*(?:地?住?址|地址|组|小组|门牌|组门牌)号?"),
    ("name", "(?:残疾人|本人|人员)?姓名|名字"),
    ("sex", "性别"),
    ("birth_date", "出生(?:日期|年月日?)|生日"),
    ("living_alone", "(?:是否)?独居(?:老人)?"),
    ("chronic_illness", "(?:是否|有无|有)?慢性?病(?:患者|情况)?"),
    ("reads_aloud", "(?:是否)?(?:手机)?(?:会|能)?(?:读屏|朗读)"),
    ("marks", ".*独居.*|困难情况|人员标签|家庭情况"),
    ("status", "(?:人员|证件|在册)?(?:状态|情况)"),
    ("notes", "备注|说明"),
)
_COMPILED = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS]
_BRACKETED = re.compile(r"\([^()]*\)")
_DECORATION = re.compile(r"[*:()/\\、·.,。?\-]+")
_WAY = "联系方式"
_DATA = re.compile(r"\d{6,}")
_DIGIT = re.compile(r"\d")
_GROUP_LENGTH = 12
MULTIPLE_COLUMNS = frozenset({"phone"})
"""A list may give two columns of these under one name."""

FIELDS = (*(name for name, _ in _PATTERNS if name not in IGNORED), "ignore")


@dataclass(slots=True)
class Header:
    """Where the header ends (row from 1) and what each column (from 0) means.

    ``twice`` is a name that stands over two columns, with their letters.
    """

    row: int
    labels: list[str]
    depth: int = 1
    fields: dict[int, str] = field(default_factory=dict)
    twice: tuple[str, str, str] | None = None

    @property
    def columns(self) -> dict[str, str]:
        """Label to field, in the order of the sheet; unused columns to ``""``."""
        return {
            label: self.fields.get(index, "") for index, label in enumerate(self.labels)
        }

    @property
    def unused(self) -> list[str]:
        """Headings that mean nothing to us, and are therefore left out."""
        return [
            label for index, label in enumerate(self.labels) if index not in self.fields
        ]

    def by_field(self) -> dict[str, list[int]]:
        """Columns of each field, in the order of the sheet."""
        found: dict[str, list[int]] = {}
        for index, name in self.fields.items():
            found.setdefault(name, []).append(index)
        return found


def letter(index: int) -> str:
    """A column's letters as spreadsheets show them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def meaning(heading: str) -> str | None:
    """Our field for a heading, or None."""
    text = compact(heading).lower()
    for form in (_DECORATION.sub("", text), _BRACKETED.sub("", text)):
        bare = _DECORATION.sub("", form)
        for name, pattern in _COMPILED:
            if bare and pattern.fullmatch(bare):
                return name
    return None


def find_header(
    rows: Sequence[Sequence[Any]],
    merged: Sequence[Sequence[int]] = (),
    *,
    chosen: Mapping[str, str] | None = None,
    at: int | None = None,
) -> Header:
    """Find the header among the first rows.

    ``chosen`` maps headings to fields where a person decided otherwise, ``at`` is the
    header's row (from 1) when a person said it. Raises Unreadable when there is none,
    or when one name stands over two columns.
    """
    texts = [
        [compact(c) if isinstance(c, str) else "" for c in row]
        for row in rows[:LOOKED_AT]
    ]
    _spread(texts, merged)
    places = range(len(texts)) if at is None else [at - 1]
    found = [
        header
        for index in places
        for depth in (1, 2)
        if (header := _header(texts, index, depth, chosen or {})) is not None
    ]
    best = max(found, key=_worth, default=None)
    if best is None or not _enough(best):
        raise Unreadable(
            mark("没有找到表头。表里要有“姓名”，还要有“残疾人证号”或“身份证号”。")
        )
    if best.twice is not None:
        raise Unreadable(
            mark("“%(label)s”有两列：%(first)s 和 %(second)s。请改成不同的列名。"),
            **dict(zip(("label", "first", "second"), best.twice, strict=True)),
        )
    return best


def _worth(header: Header) -> tuple[int, int, int]:
    used = {name for name in header.fields.values() if name not in IGNORED}
    return len(used), -header.depth, -header.row


def _enough(header: Header) -> bool:
    used = set(header.fields.values())
    return "name" in used and bool(used & NEEDED)


def _spread(texts: list[list[str]], merged: Sequence[Sequence[int]]) -> None:
    """Write a merged heading into each cell that it covers, sideways only."""
    for top, left, _bottom, right in merged:
        if top < len(texts) and left < len(texts[top]) and right > left:
            row = texts[top]
            row.extend([""] * (right + 1 - len(row)))
            row[left : right + 1] = [row[left]] * (right + 1 - left)


def _header(
    texts: list[list[str]], index: int, depth: int, chosen: Mapping[str, str]
) -> Header | None:
    if index + depth > len(texts):
        return None
    upper = texts[index]
    lower = texts[index + 1] if depth > 1 else []
    if depth > 1:
        upper = [cell if _groups(cell) else "" for cell in upper]
    if depth > 1 and (not any(lower) or any(_DATA.search(cell) for cell in lower)):
        return None
    width = max(len(upper), len(lower))
    pairs = [
        (upper[i] if i < len(upper) else "", lower[i] if i < len(lower) else "")
        for i in range(width)
    ]
    header = _named(pairs, index + depth, chosen)
    if header is not None:
        header.depth = depth
    return header


def _groups(text: str) -> bool:
    """Whether a cell may stand over others as a group: no title, unit or date."""
    return len(text) <= _GROUP_LENGTH and ":" not in text and not _DIGIT.search(text)


def _named(
    pairs: list[tuple[str, str]], row: int, chosen: Mapping[str, str]
) -> Header | None:
    labels: list[str] = []
    fields: dict[int, str] = {}
    lower_used, twice = False, None
    for index, (upper, lower) in enumerate(pairs):
        name, label = _best(upper, lower)
        lower_used = lower_used or bool(lower and name)
        if label in labels:
            if name and name not in MULTIPLE_COLUMNS | IGNORED:
                twice = label, letter(labels.index(label)), letter(index)
            label = f"{label}（{letter(index)}）"
        labels.append(label or f"（{letter(index)}）")
        name = chosen.get(labels[-1], name or "")
        if name and name != "ignore" and _free(name, fields):
            fields[index] = name
    if any(lower for _, lower in pairs) and not lower_used:
        return None
    _drop_ways(fields, labels)
    return Header(row, labels, fields=fields, twice=twice)


def _drop_ways(fields: dict[int, str], labels: list[str]) -> None:
    """联系方式 beside a phone column is how somebody was last contacted."""
    phones = [index for index, name in fields.items() if name == "phone"]
    for index in phones[: len(phones) if len(phones) > 1 else 0]:
        if labels[index] == _WAY:
            del fields[index]


def _best(upper: str, lower: str) -> tuple[str | None, str]:
    """The most telling of 监护人 + 电话, 电话 and 监护人."""
    together = upper + lower if upper != lower else lower
    for label in (together, lower, upper):
        if label and (name := meaning(label)):
            return name, together
    return None, together


def _free(name: str, fields: dict[int, str]) -> bool:
    return name in MULTIPLE_COLUMNS or name not in fields.values()
