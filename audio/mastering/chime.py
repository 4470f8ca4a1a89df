"""Two soft tones before the words, and the sound mark of synthetic speech after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_TONE_HZ, _TONE_SECONDS, _TONES = 659.26, 0.8, 2
_BELL = ((1.0, 1.0), (2.0, 0.35), (3.0, 0.15), (4.2, 0.06))
_MARK_HZ, _UNIT_SECONDS = 880.0, 0.11
_MARK = (1, 3, 0, 1, 1)
"""Short long, short short: the rhythm that GB 45438-2025 gives for synthetic sound."""


def chime(rate: int, lufs: float) -> npt.NDArray[np.float32]:
    """Two equal bell tones, 1.6 s, 3 LU below the speech that follows.

    No rising or sweeping tone: those belong to air-raid warnings.
    """
    time = np.arange(int(_TONE_SECONDS * rate)) / rate
    decay = np.exp(-time * 4.5) * np.minimum(1.0, time / 0.01)
    tone: npt.NDArray[np.float64] = np.sum(
        [
            height * np.sin(2 * np.pi * _TONE_HZ * partial * time)
            for partial, height in _BELL
            if _TONE_HZ * partial < rate * 0.45
        ],
        axis=0,
    )
    bell = np.tile(decay * _faded(tone, rate), _TONES)
    return _at_level(bell, lufs - 3.0)


def synthetic_mark(rate: int, lufs: float) -> npt.NDArray[np.float32]:
    """The required rhythm, 1.3 s, 9 LU below the speech: heard, not disturbing."""
    parts: list[npt.NDArray[np.float64]] = []
    for units in _MARK:
        length = int((units or 2) * _UNIT_SECONDS * rate)
        time = np.arange(length) / rate
        beep = np.sin(2 * np.pi * _MARK_HZ * time) if units else np.zeros(length)
        parts += [_faded(beep, rate), np.zeros(int(_UNIT_SECONDS * rate))]
    return _at_level(np.concatenate(parts), lufs - 9.0)


def _faded(tone: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    edge = min(len(tone) // 2, rate // 100)
    slope = np.linspace(0, 1, edge)
    faded = np.array(tone)
    faded[:edge] *= slope
    faded[len(faded) - edge :] *= slope[::-1]
    return faded


def _at_level(
    sound: npt.NDArray[np.float64], level_db: float
) -> npt.NDArray[np.float32]:
    loud = sound[np.abs(sound) > np.abs(sound).max() / 20]
    effective = np.sqrt((loud**2).mean())
    return np.asarray(sound / effective * 10 ** (level_db / 20), np.float32)
