"""A text spoken by the first voice that can, each clause from the cache if it is there.

The whole text is one voice's: a notice that changes voices in the middle frightens.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from audio.errors import VoiceFailed, mark
from audio.voices import voice as voice_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from audio.reading import Reading
    from audio.script import Clause
    from audio.store import Store
    from audio.voices.voice import Voice

    Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Speech:
    """One reading of a text: 16-bit mono pieces at `rate`, pauses in between.

    fallbacks tell which voices could not speak, and why.
    """

    voice: Voice
    pieces: tuple[npt.NDArray[np.int16], ...]
    rate: int
    syllables: int
    fresh: int
    fallbacks: tuple[dict[str, str], ...] = field(default=())

    def __iter__(self) -> Iterator[npt.NDArray[np.int16]]:
        return iter(self.pieces)


def spoken(  # noqa: PLR0913 - a reading, how to say it, and where to keep it
    reading: Reading,
    voices: Sequence[str],
    pace: float,
    store: Store,
    *,
    threads: int = 2,
    progress: Progress | None = None,
) -> Speech:
    """The whole text by the first of the voices that manages it.

    Raises the last VoiceFailed when none does.
    """
    fallbacks: list[dict[str, str]] = []
    for name in voices:
        try:
            speaker = voice_named(name, threads)
            return _by(speaker, reading, pace, store, progress, fallbacks)
        except VoiceFailed as failure:
            fallbacks.append({"from": name, "reason": str(failure)})
            last = failure
    if not fallbacks:
        raise VoiceFailed(mark("没有设定任何声音：请在设置里选一个。"))
    raise last


def _by(  # noqa: PLR0913, PLR0917
    speaker: Voice,
    reading: Reading,
    pace: float,
    store: Store,
    progress: Progress | None,
    fallbacks: list[dict[str, str]],
) -> Speech:
    clauses = reading.clauses(speaker.longest, packed=speaker.packed)
    pieces: list[npt.NDArray[np.int16]] = []
    fresh = 0
    for number, clause in enumerate(clauses):
        piece, new = _clause(speaker, clause, pace, store)
        fresh += new
        pieces += [piece, np.zeros(int(clause.pause * speaker.rate), np.int16)]
        if progress:
            progress(number + 1, len(clauses))
    syllables = sum(len(clause.syllables) for clause in clauses)
    kept = tuple(pieces[:-1])
    return Speech(speaker, kept, speaker.rate, syllables, fresh, tuple(fallbacks))


def _clause(
    speaker: Voice, clause: Clause, pace: float, store: Store
) -> tuple[npt.NDArray[np.int16], bool]:
    key = _key(speaker, clause, pace)
    kept = store.clause(key)
    if kept is not None:
        return np.frombuffer(kept, "<i2"), False
    piece = speaker.speak(clause, pace)
    store.keep_clause(key, piece.astype("<i2").tobytes())
    return piece, True


def _key(speaker: Voice, clause: Clause, pace: float) -> str:
    said = json.dumps([speaker.identity, clause.text, clause.sounds, pace])
    return hashlib.sha256(said.encode()).hexdigest()
