"""A voice for tests: one short note a syllable, quick and always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from audio.script import Clause
    from audio.voices.voice import Sound

_PITCH = {"1": 660.0, "2": 590.0, "3": 440.0, "4": 520.0, "5": 480.0}
_SYLLABLE, _GAP, _MARK = 0.16, 0.05, 0.15


class Tone:
    """Notes by tone: high, rising, low, falling, neutral are five pitches."""

    name = "tone"
    identity = "tone-1"
    longest = 60
    rate = 24000
    foreign = False
    last_resort = False
    packed = False

    def speak(self, clause: Clause, pace: float) -> Sound:
        """About five syllables a second, 16-bit mono at 24 kHz."""
        parts = [self._note(sound, pace) for sound in clause.sounds]
        whole = np.concatenate(parts) if parts else np.zeros(0)
        return np.round(whole * 32767).astype(np.int16)

    def _note(self, sound: str, pace: float) -> np.ndarray:
        if not sound[-1].isdigit():
            return np.zeros(int(_MARK / pace * self.rate))
        time = np.arange(int(_SYLLABLE / pace * self.rate)) / self.rate
        pitch = _PITCH[sound[-1]] * (1 + (sum(map(ord, sound)) % 7) / 50)
        shape = np.sin(np.pi * time / time[-1])
        note = sum(np.sin(2 * np.pi * pitch * h * time) / h for h in (1, 2, 3, 5))
        return np.concatenate([0.2 * shape * note, np.zeros(int(_GAP * self.rate))])
