"""Words whose reading cannot be guessed: built in, and the operator's own."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from audio.errors import Unreadable, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxzcsryw]|zh|ch|sh)?"
    r"(?:a|o|e|ai|ei|ao|ou|an|en|ang|eng|er|i|ia|ie|iao|iu|ian|in|iang|ing|iong|ong|"
    r"u|ua|uo|uai|ui|uan|un|uang|ue|v|ve|van|vn|m|n|ng)[1-5]"
)
_HAN = re.compile(r"[\u3400-\u9fff〇]+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Readings by word, and respellings by what is written.

    readings give one syllable a character ("卡口": ("qia3", "kou3")); respellings are
    put in place of the word before anything else is read ("N95": "恩九五").
    """

    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    respellings: Mapping[str, str] = field(default_factory=dict)

    def extended(self, entries: Mapping[str, str]) -> Lexicon:
        """With the operator's words; each is checked, and wins over ours.

        A value is pinyin with tone digits ("he2 jiang1") or a respelling in Chinese
        characters. Raises Unreadable, naming the word that is wrong.
        """
        if not entries:
            return self
        readings, respellings = dict(self.readings), dict(self.respellings)
        for word, value in entries.items():
            if _HAN.fullmatch(value.strip()):
                respellings[_written(word)] = value.strip()
            else:
                readings[_written(word)] = _checked(word, value)
        return Lexicon(readings, respellings)

    def respell(self, text: str) -> str:
        """The text with every respelt word replaced, longest words first."""
        return _finder(self.respellings).sub(
            lambda found: self.respellings[found[0]], text
        )

    def spans(self, text: str) -> Iterable[tuple[int, int, tuple[str, ...]]]:
        """Where words with a known reading stand, longest first, none overlapping."""
        for found in _finder(self.readings).finditer(text):
            yield found.start(), found.end(), self.readings[found[0]]


_finders: dict[int, tuple[object, re.Pattern[str]]] = {}


def _finder(words: Mapping[str, object]) -> re.Pattern[str]:
    """One pattern for all words; kept, because compiling it takes longer than using."""
    kept = _finders.get(id(words))
    if kept is None or kept[0] is not words:
        ordered = sorted(words, key=lambda word: (-len(word), word))
        parts = (
            rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])"
            if word[0].isascii() and word[0].isalpha()
            else re.escape(word)
            for word in ordered
        )
        kept = (words, re.compile("|".join(parts) or r"(?!)"))
        _finders[id(words)] = kept
    return kept[1]


def _written(word: str) -> str:
    if not word.strip():
        raise Unreadable(mark("读音表里有一行没有写词：请填上词，或删掉这一行。"))
    return word.strip()


def _checked(word: str, value: str) -> tuple[str, ...]:
    syllables = tuple(
        value.lower().replace("ü", "v").replace("u:", "v").replace("'", " ").split()
    )
    wrong = [one for one in syllables if not _SYLLABLE.fullmatch(one)]
    if wrong or not syllables:
        raise Unreadable(
            mark(
                "“%(word)s”的读音“%(value)s”不是拼音：请写成 he2 jiang1 这样，"
                "声调用数字，轻声写 5，或写成同音的汉字。"
            ),
            word=word,
            value=value,
        )
    if len(syllables) != len(word.strip()):
        raise Unreadable(
            mark("“%(word)s”有 %(count)s 个字，读音“%(value)s”有 %(given)s 个音节。"),
            word=word,
            value=value,
            count=len(word.strip()),
            given=len(syllables),
        )
    return syllables


@cache
def built_in() -> Lexicon:
    """The project's own words: polyphones, health and government terms, places."""
    source = files("audio.reading").joinpath("lexicon.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in source.splitlines() if line[0] != "#")
    return Lexicon().extended({row["word"]: row["reading"] for row in rows})
