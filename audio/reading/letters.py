"""Latin letters: words from the lexicon, short capitals by name, the rest refused."""

from __future__ import annotations

import re

from audio.errors import Unreadable, mark

NAMES = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            "诶",
            "必",
            "西",
            "弟",
            "伊",
            "艾弗",
            "记",
            "艾取",
            "艾",
            "杰",
            "凯",
            "艾勒",
            "艾姆",
            "恩",
            "欧",
            "批",
            "扣",
            "阿尔",
            "艾丝",
            "提",
            "优",
            "微",
            "达不溜",
            "艾克斯",
            "歪",
            "贼",
        ],
        strict=True,
    )
)
"""How each letter's name sounds in Mandarin, in characters of one reading."""

_LONGEST = 6


def spell_letters(text: str) -> str:
    """Letters as the characters of their names: CT is 西提.

    Raises Unreadable for lower-case words and for more than six capitals: nobody could
    follow them from a loudspeaker.
    """
    return re.sub(r"[A-Za-z]+(?:['’.-][A-Za-z]+)*", _spelt, text)


def _spelt(found: re.Match[str]) -> str:
    word = found[0]
    if len(word) == 1 or (word.isupper() and word.isalpha() and len(word) <= _LONGEST):
        return "".join(NAMES[letter.upper()] for letter in word)
    raise Unreadable(
        mark("“%(sentence)s”里的外文“%(word)s”读不出来：请改写成中文，或加进读音表。"),
        word=word,
        sentence=around(found.string, found.start()),
    )


def around(text: str, at: int) -> str:
    """The sentence that holds a place in a text, at most 30 characters of it."""
    start = max(text.rfind(end, 0, at) for end in "。！？\n") + 1
    ends = [found for end in "。！？\n" if (found := text.find(end, at)) >= 0]
    sentence = text[max(start, at - 20) : min([*ends, at + 10])]
    return sentence.strip()
