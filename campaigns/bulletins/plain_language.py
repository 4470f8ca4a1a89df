"""Advice for texts that everybody can follow, read or heard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaigns.bulletins.forbidden import Hint, Kind, blocks
from campaigns.bulletins.spelling import spoken
from campaigns.errors import mark

PLAINER = {
    "予以": "给",
    "切勿": "不要",
    "务必": "一定",
    "佩戴": "戴",
    "外出": "出门",
    "就诊": "看病",
    "就医": "看病",
    "严格落实": "",
    "敬请": "请",
    "知悉": "知道",
    "前往": "去",
    "携带": "带",
    "届时": "到时候",
    "如有": "有",
    "请勿": "不要",
    "立即": "马上",
}
"""Official words and what people say instead."""

SENTENCE = {Kind.SMS: 25, Kind.SPOKEN: 25, Kind.EASY_READ: 12}
LINE = 15
LINES = 3
SPOKEN_AT_LEAST = 120
SPOKEN_AT_MOST = 300
EVACUATION_AT_MOST = 88

_SENTENCE = re.compile(r"[^。！？；：\n]+")
_NOT_HEARD = re.compile(r"[（）()/%℃‰]|[A-Za-z]{2,}")
_NUMBER = re.compile(r"\d[\d:：.\-]*")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_BLANK = re.compile(r"[^\S\n]{2,}")
_PASSIVE = re.compile(r"被(?!子|褥|套|单)")
_DOUBLE = re.compile(r"不得不|不能不|不要不|非\S{1,6}不可|无不")

_PLAINER = mark("把“%(found)s”改成“%(better)s”？")
_DELETE = mark("“%(found)s”可以删掉。")
_LONG = mark("这一句有 %(length)s 字，超过 %(limit)s 字，拆成两句更好懂。")
_SHORT_TEXT = mark("口播稿只有 %(length)s 字，%(least)s 到 %(most)s 字合适。")
_LONG_TEXT = mark("口播稿有 %(length)s 字，%(least)s 到 %(most)s 字合适。")
_SYMBOL = mark("“%(found)s”念出来听不懂，写成汉字。")
_DIGITS = mark("口播稿里的数字写成读法：“%(found)s”改成“%(better)s”？")
_LINE = mark("易读版每行最多 %(limit)s 字，这一行有 %(length)s 字。")
_LINES = mark("易读版最多 %(limit)s 行，现在有 %(length)s 行。")
_EASY_PASSIVE = mark("易读版少用“%(found)s”，直接说谁做什么。")
_GAP = mark("这里有多余的空格，删掉可以省字数。")


def hints(text: str, kind: Kind | str) -> list[Hint]:
    """Blocks first, then advice, each in the order of the text."""
    form = Kind(kind)
    found = [*blocks(text, form), *_advice(text, form)]
    return sorted(found, key=lambda hint: (not hint.block, hint.start))


def is_blocked(text: str, kind: Kind | str) -> bool:
    """Tell whether something in ``text`` stands in the way of issuing it."""
    return any(True for _ in blocks(text, Kind(kind)))


def replace(text: str, hint: Hint) -> str:
    """``text`` with the hint's better words; unchanged when it has moved on."""
    end = hint.start + len(hint.found)
    if hint.better is None or text[hint.start : end] != hint.found:
        return text
    return text[: hint.start] + hint.better + text[end:]


def _advice(text: str, kind: Kind) -> Iterator[Hint]:
    yield from _plainer(text)
    yield from _sentences(text, kind)
    if kind is Kind.SPOKEN:
        yield from _heard(text)
    if kind is Kind.EASY_READ:
        yield from _easy(text)
    for gap in _BLANK.finditer(text):
        yield _advise(_GAP, gap.group(), gap.start(), better=" ")


def _plainer(text: str) -> Iterator[Hint]:
    for word, better in PLAINER.items():
        for found in re.finditer(word, text):
            sentence = _PLAINER if better else _DELETE
            yield _advise(sentence, word, found.start(), better=better)


def _sentences(text: str, kind: Kind) -> Iterator[Hint]:
    limit = SENTENCE[kind]
    for found in _SENTENCE.finditer(text):
        length = len(_VARIABLE.sub("某某", found.group()).strip())
        if length > limit:
            yield _measured(_LONG, found.group(), found.start(), length, limit)


def _heard(text: str) -> Iterator[Hint]:
    length = len(_VARIABLE.sub("某某", text))
    span = {"least": str(SPOKEN_AT_LEAST), "most": str(SPOKEN_AT_MOST)}
    if EVACUATION_AT_MOST < length < SPOKEN_AT_LEAST:
        yield _advise(_SHORT_TEXT, "", 0, length=str(length), **span)
    if length > SPOKEN_AT_MOST:
        yield _advise(_LONG_TEXT, "", 0, length=str(length), **span)
    plain = _VARIABLE.sub(lambda found: "·" * len(found.group()), text)
    for found in _NOT_HEARD.finditer(plain):
        yield _advise(_SYMBOL, found.group(), found.start())
    for found in _NUMBER.finditer(plain):
        better = spoken(found.group())
        yield _advise(_DIGITS, found.group(), found.start(), better=better)


def _easy(text: str) -> Iterator[Hint]:
    start, lines = 0, text.split("\n")
    for line in lines:
        if len(line) > LINE:
            yield _measured(_LINE, line, start, len(line), LINE)
        start += len(line) + 1
    if len(lines) > LINES:
        yield _measured(_LINES, "", 0, len(lines), LINES)
    for pattern in (_PASSIVE, _DOUBLE):
        for found in pattern.finditer(text):
            yield _advise(_EASY_PASSIVE, found.group(), found.start())


def _measured(sentence: str, found: str, start: int, length: int, limit: int) -> Hint:
    values = {"length": str(length), "limit": str(limit)}
    return Hint(False, sentence, values, found, start)  # noqa: FBT003 - not a block


def _advise(
    sentence: str, found: str, start: int, better: str | None = None, **values: str
) -> Hint:
    values["found"] = found
    if better is not None:
        values["better"] = better
    return Hint(False, sentence, values, found, start, better)  # noqa: FBT003
