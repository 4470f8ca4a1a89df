"""Chinese characters as pinyin with tone digits, one syllable a character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from audio.errors import Unreadable, mark
from audio.reading.cleaning import HAN
from audio.reading.letters import around

if TYPE_CHECKING:
    from audio.reading.lexicon import Lexicon

PAUSES = "，。！？；：、"
_RUN = re.compile(rf"[{HAN}]+")
_NUMERALS = "零〇一二三四五六七八九十百千万亿两幺"
_COUNTING = re.compile(
    rf"[{_NUMERALS}第]{{2,}}|一(?=[月日号楼层级组])|一(?=点[{_NUMERALS}])"
)
_READ = re.compile(r"[a-zê]+[1-5]")


def sounds(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Syllables and pauses, exactly one for each character of text.

    text holds Chinese characters and the pauses of PAUSES alone; neutral tone is 5, ü
    is v. Raises Unreadable, naming the character and its sentence. Readings come from
    the lexicon first, then from pypinyin's phrases.
    """
    said: list[str] = []
    at = 0
    for start, end, reading in lexicon.spans(text):
        said += _from_dictionary(text, at, start)
        said += reading
        at = end
    said += _from_dictionary(text, at, len(text))
    _count_plainly(text, said)
    return tuple(said)


def _count_plainly(text: str, said: list[str]) -> None:
    """一 inside a number keeps its first tone: phrases such as 一点 would bend it."""
    for found in _COUNTING.finditer(text):
        for at in range(found.start(), found.end()):
            if text[at] == "一":
                said[at] = "yi1"


def _from_dictionary(text: str, start: int, end: int) -> list[str]:
    said: list[str] = []
    at = start
    while at < end:
        found = _RUN.match(text, at, end)
        if found:
            said += _readings(found[0], text, at)
            at = found.end()
        elif text[at] in PAUSES:
            said.append(text[at])
            at += 1
        else:
            raise _unreadable(text, at)
    return said


def _readings(run: str, text: str, at: int) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - a fifth of a second

    said: list[str] = lazy_pinyin(
        run,
        style=Style.TONE3,
        neutral_tone_with_five=True,
        errors=cast("Any", _each_unknown),
    )
    for offset, syllable in enumerate(said):
        if not _READ.fullmatch(syllable):
            raise _unreadable(text, at + offset)
    return said


def _each_unknown(letters: str) -> list[str]:
    """One mark a character, so that places still agree; pypinyin's types forbid it."""
    return ["?"] * len(letters)


def _unreadable(text: str, at: int) -> Unreadable:
    return Unreadable(
        mark(
            "“%(sentence)s”里的“%(character)s”（%(code)s）读不出来："
            "请删掉，或改成汉字。"
        ),
        sentence=around(text, at),
        character=text[at],
        code=f"U+{ord(text[at]):04X}",
    )
