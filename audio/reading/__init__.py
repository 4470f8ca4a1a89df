"""Written text to what is spoken: `read` gives words, pinyin and clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audio.errors import Unreadable, mark
from audio.reading.cleaning import clean
from audio.reading.letters import spell_letters
from audio.reading.lexicon import Lexicon, built_in
from audio.reading.numbers import say_numbers
from audio.reading.pinyin import sounds
from audio.reading.sentences import HORN, SILENCE, clauses, punctuated, together
from audio.script import Clause

__all__ = ["Lexicon", "Reading", "built_in", "read"]


_ENDLESS = re.compile(r"\d{100}")
"""Nobody reads this aloud, and its rules would take minutes to find that out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as a voice gets it.

    cleaned is what was read from, spoken has words for every number and sign, sounds
    one syllable or pause a character of spoken, removed what was left out.
    """

    cleaned: str
    spoken: str
    sounds: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def pinyin(self) -> str:
        """All syllables and pauses, separated by spaces."""
        return " ".join(self.sounds)

    def clauses(self, longest: int, *, packed: bool = False) -> tuple[Clause, ...]:
        """The text in breaths of at most `longest` characters.

        Each sentence is its own, unless they are to be packed.
        """
        cut = clauses(self.spoken, longest)
        return tuple(
            Clause(
                text=self.spoken[start:end],
                sounds=self.sounds[start:end],
                pause=SILENCE.get(self.spoken[end - 1], 0.0) * HORN,
            )
            for start, end in (together(cut, longest) if packed else cut)
        )


def read(text: str, lexicon: Lexicon | None = None) -> Reading:
    """A pasted text read to the last character.

    Raises Unreadable: nothing to read, or something that cannot be read, with the
    sentence where it stands. Nothing is left out but what `removed` lists.
    """
    lexicon = lexicon or built_in()
    cleaned = clean(text)
    _check_filled_in(cleaned.text)
    _check_digits(cleaned.text)
    spoken = say_numbers(lexicon.respell(cleaned.text))
    spoken = punctuated(spell_letters(spoken))
    said = sounds(spoken, lexicon)
    if not any(sound[-1].isdigit() for sound in said):
        raise Unreadable(mark("没有能读的字：请先写好广播稿。"))
    return Reading(cleaned.text, spoken, said, cleaned.removed)


def _check_digits(text: str) -> None:
    found = _ENDLESS.search(text)
    if found:
        raise Unreadable(
            mark("“%(start)s…”这串数字太长，听的人记不住：请删短。"),
            start=found[0][:10],
        )


def _check_filled_in(text: str) -> None:
    start = text.find("${")
    if start >= 0:
        raise Unreadable(
            mark("“%(variable)s”还没有填：请先填好再录音。"),
            variable=text[start : text.find("}", start) + 1] or text[start:],
        )
