"""What must not stand in a text at all, and why it must not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import opencc

from campaigns.errors import mark


class Kind(StrEnum):
    """Which of a bulletin's three forms a text is."""

    SMS = "sms"
    SPOKEN = "spoken"
    EASY_READ = "easy_read"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to mend at ``start``; ``block`` ones stand in the way of issuing.

    ``sentence`` and ``values`` make the message; ``better`` replaces ``found``.
    """

    block: bool
    sentence: str
    values: dict[str, str]
    found: str
    start: int
    better: str | None = None


INSULTS = {
    "残废": "残疾",
    "聋哑人": "聋人",
    "聋哑": "听力言语残疾",
    "哑巴": "言语残疾人",
    "瞎子": "盲人",
    "傻子": "智力残疾人",
    "弱智": "智力残疾",
    "疯子": "精神残疾人",
    "神经病": "精神残疾人",
    "瘸子": "肢残人",
    "跛子": "肢残人",
    "正常人": "健全人",
}
_SORTS = "视力|听力|言语|肢体|智力|精神|多重"
_REVEALING = re.compile(
    rf"(?:{_SORTS})(?:[、和](?:{_SORTS}))*残疾|盲人|聋人|肢残人|盲友|聋友|残疾人朋友"
    r"|残疾(?:儿童|孩子|老人|妇女)|[一二三四1-4]级残疾|残疾[一二三四1-4]级|重度残疾"
    r"|精神病|精神障碍|精神分裂|抑郁症|癫痫|自闭症|孤独症|唐氏|脑瘫|智障"
)
_PAID = re.compile(r"[您你](?:的|每月|每年|可领|领到|本月)[^，。！？\n]{0,8}?\d+元")
_SURNAMES = "王李张刘陈杨赵吴周徐孙马朱胡郭何罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘袁董余"
_SOMEBODY = re.compile(
    rf"(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?:同志|先生|女士|老汉|大爷|大娘|大妈)"
)
_DOOR = re.compile(r"\d+(?:组|队|栋|单元|排)\d+(?:号|室|户)")
_IDENTITY = re.compile(r"(?<![\dXx])\d{17}[\dXx](?!\d)|(?<!\d)\d{15,19}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LINK = re.compile(
    r"https?://\S+|www\.\S+|[a-z0-9-]+\.(?:com|cn|net|org|top|vip|link)\b\S*",
    re.IGNORECASE | re.ASCII,
)
_REFUSAL = re.compile(r"(?:拒收|退订)请?回复?\s*[A-Za-z]*")
_ORNAMENTS = frozenset("★☆※→←↑↓①②③④⑤⑥⑦⑧⑨⑩【】[]『』「」■□●○◆◇▲△♥♡√×")
_BASIC_UP_TO = 0xFFFF
_LETTERS_FROM = 0x20000
"""CJK extension B begins here; below it, outside the BMP, are emoji and symbols."""

_CATEGORY = mark(
    "“%(found)s”会让人看出收信人的情况，短信里不能写。改成对谁都合适的话。"
)
_PERSONAL = mark("“%(found)s”像是个人的证件号、卡号或手机号，不能公开。改用单位电话。")
_SOMEBODYS = mark("“%(found)s”会让人听出说的是谁，大喇叭里不能有姓名和门牌。")
_AMOUNT = mark("“%(found)s”是个人的金额，短信里不能写。改成“请到村里问”。")
_NO_LINK = mark("不能放链接“%(found)s”：通道会拦截，收信人也分不清真假。")
_INSULT = mark("“%(found)s”伤人，不能用，改成“%(better)s”。")
_ORNAMENT = mark("“%(found)s”手机上可能显示不出，也会被通道拦截，请删掉。")
_TRADITIONAL = mark("“%(found)s”是繁体字，改成“%(better)s”。")
_SUFFIX = mark("“%(found)s”由系统按通道的要求加上，正文里不要写。")


def blocks(text: str, kind: Kind) -> Iterator[Hint]:
    """Everything in ``text`` that stands in the way of issuing it."""
    for word, better in INSULTS.items():
        for found in re.finditer(word, text):
            yield _hint(_INSULT, found.group(), found.start(), better)
    for pattern, sentence in ((_IDENTITY, _PERSONAL), (_MOBILE, _PERSONAL)):
        yield from _each(pattern, sentence, text)
    yield from _each(_LINK, _NO_LINK, text)
    if kind is not Kind.SPOKEN:
        yield from _each(_REVEALING, _CATEGORY, text)
        yield from _each(_REFUSAL, _SUFFIX, text)
        yield from _each(_PAID, _AMOUNT, text)
    for pattern in (_SOMEBODY, _DOOR):
        yield from _each(pattern, _SOMEBODYS, text)
    yield from _characters(text)


def in_value(text: str) -> Iterator[Hint]:
    """Everything that a variable's value must not bring into a text.

    A bracket 【 there would pass for another sender's signature.
    """
    yield from _each(_LINK, _NO_LINK, text)
    yield from _characters(text)


def link_in(text: str) -> str:
    """The first link in ``text``; empty where there is none."""
    return _first(_LINK, text)


def hand_written_suffix(text: str) -> str:
    """The first way to refuse that somebody typed; empty where there is none."""
    return _first(_REFUSAL, text)


def traditional_in(text: str) -> str:
    """The traditional characters of ``text``."""
    pairs = zip(text, simplified(text), strict=False)
    return "".join(letter for letter, plain in pairs if letter != plain)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""


def _each(pattern: re.Pattern[str], sentence: str, text: str) -> Iterator[Hint]:
    for found in pattern.finditer(text):
        yield _hint(sentence, found.group(), found.start())


def _characters(text: str) -> Iterator[Hint]:
    for start, letter in enumerate(text):
        plain = simplified(letter)
        if letter in _ORNAMENTS or _is_picture(letter):
            yield _hint(_ORNAMENT, letter, start, "")
        elif plain != letter:
            yield _hint(_TRADITIONAL, letter, start, plain)


def _is_picture(letter: str) -> bool:
    return unicodedata.category(letter) in {"So", "Cs", "Co"} or (
        _BASIC_UP_TO < ord(letter) < _LETTERS_FROM
    )


def simplified(text: str) -> str:
    """``text`` in simplified characters."""
    return str(_converter().convert(text))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _hint(sentence: str, found: str, start: int, better: str | None = None) -> Hint:
    values = {"found": found} if better is None else {"found": found, "better": better}
    return Hint(True, sentence, values, found, start, better)  # noqa: FBT003 - a block
