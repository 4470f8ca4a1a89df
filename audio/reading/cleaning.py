"""Pasted text made fit to read: simplified, whole, without marks that say nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff]"
)
_DECORATION = re.compile(
    "[★☆※●○◎◆◇■□▲△▼▽►▶◀◄▪▫•◦‣⁃✦✧✩✪✫✬✭✮✯❖❀❁✿♥♡❤♣♠♦☞☛✓✔✗✘✕✖_|｜^~～*#＊＃＿]"
)
_GLOSS = re.compile(rf"([{HAN}])[(（]([A-Za-zÀ-ɏ]{{1,6}}[1-5]?)[)）]")
_ITEM = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳•●★■◆▪]|第[一二三四五六七八九十])"
)
_TITLE = re.compile(r"(?:通知|公告|通告|倡议书|一封信|提示|提醒|须知|方案|预案|办法)$")
_WRITTEN = re.compile(r"[A-Za-z0-9]")
_BROKEN_AT = 18
_MOSTLY_TRADITIONAL = 0.04


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text as it will be read from, and what was left out of it, in order."""

    text: str
    removed: tuple[str, ...]


def clean(text: str) -> Cleaned:
    """Normal forms, simplified script, whole sentences; nothing left out unsaid.

    Source of the rules: notices as county offices paste them.
    """
    removed: list[str] = []
    text = _widths(_INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _GLOSS.sub(lambda found: _without_gloss(found, removed), text)
    text = _simplified(text)
    text = _whole_lines(text)
    text = _once(text, removed)
    text = _DECORATION.sub(lambda found: _decoration(found, removed), text)
    return Cleaned(text.strip(), tuple(removed))


def _widths(text: str) -> str:
    """Half-width letters, digits and signs; compatibility characters in full."""
    return "".join(_narrow(letter) for letter in text)


_KEPT_WIDE = "，。！？；：、（）【】《》“”‘’…—～㎡㎥℃％‰〇"


def _narrow(letter: str) -> str:
    if letter in "○◯" or letter in _KEPT_WIDE:
        return letter
    if "①" <= letter <= "⑳":
        return f"({unicodedata.normalize('NFKC', letter)})"
    if "\uff01" <= letter <= "\uff5e":
        return chr(ord(letter) - 0xFEE0)
    if letter in "㎎㎏㎜㎝㎞㎖㏄" or "\uf900" <= letter <= "\ufaff":
        return unicodedata.normalize("NFKC", letter)
    if unicodedata.category(letter) == "Zs":
        return " "
    return letter


def _without_gloss(found: re.Match[str], removed: list[str]) -> str:
    """A reading in brackets after its own character says it twice."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - a fifth of a second to load

    bare = "".join(
        part
        for part in unicodedata.normalize("NFD", found[2].lower())
        if part.isalpha()
    )
    known = pinyin(found[1], style=Style.NORMAL, heteronym=True)[0]
    marked = any(ord(letter) > ord("\u007f") for letter in found[2])
    if not marked and bare not in {reading.replace("ü", "v") for reading in known}:
        return found[0]
    removed.append(found[0][1:])
    return found[1]


@cache
def _converter(name: str) -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 - loaded only for a text that needs it

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert


def _simplified(text: str) -> str:
    """Simplified script; Taiwan's words too where the text is mostly traditional."""
    simple = _converter("t2s")(text)
    changed = sum(old != new for old, new in zip(text, simple, strict=False))
    if changed > _MOSTLY_TRADITIONAL * len(text):
        return _converter("tw2sp")(text)
    return simple if changed else text


def _whole_lines(text: str) -> str:
    """Lines broken in mid-sentence joined; every other line is a sentence."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    whole: list[str] = []
    for line in lines:
        if whole and _goes_on(whole[-1], line):
            whole[-1] += line
        else:
            whole.append(line)
    return "\n".join(whole)


def _goes_on(line: str, following: str) -> bool:
    """A long line that ends in a word, is no title, and is not followed by an item."""
    last = line.rsplit("\n", 1)[-1]
    if last[-1] in "，、" or following[0] in "，。、；：！？":
        return True
    return (
        last[-1].isalnum()
        and len(last) >= _BROKEN_AT
        and not _TITLE.search(last)
        and not _ITEM.match(following)
    )


def _once(text: str, removed: list[str]) -> str:
    """A body pasted twice is read once."""
    lines = text.split("\n")
    half = len(lines) // 2
    if half and len(lines) % 2 == 0 and lines[:half] == lines[half:]:
        removed.append("\n".join(lines[half:]))
        return "\n".join(lines[:half])
    return text


def _decoration(found: re.Match[str], removed: list[str]) -> str:
    """Marks go, except those that stand between digits or for a zero in a year."""
    sign, text, at = found[0], found.string, found.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if sign == "○" and (before in "二一〇○零九八七六五四三" and before):
        return "〇"
    if sign in "~～" and before and after and not after.isspace():
        return "～"
    if sign == "_" and _WRITTEN.match(before) and _WRITTEN.match(after):
        return "_"
    if sign in "*＊" and before.isdigit() and after.isdigit():
        return "×"
    removed.append(sign)
    return ""
