"""A spoken clause without the silence that a voice puts around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from audio.voices.voice import Sound

_FLOOR = 0.024
_BEFORE, _AFTER = 3, 6


def trimmed(wave: npt.NDArray[np.float32], rate: int) -> Sound:
    """16-bit samples; 30 ms are left before the first sound and 60 ms after the last.

    The pauses between clauses are set by the marks, not by the voice.
    """
    frame = rate // 100
    frames = len(wave) // frame
    if not frames:
        return sixteen_bit(wave)
    power = np.sqrt((wave[: frames * frame].reshape(frames, frame) ** 2).mean(axis=1))
    loud = np.flatnonzero(power > _FLOOR * max(float(power.max()), 1e-6))
    first = max(0, int(loud[0]) - _BEFORE) * frame
    last = min(frames, int(loud[-1]) + 1 + _AFTER) * frame
    return sixteen_bit(wave[first:last])


def sixteen_bit(wave: npt.NDArray[np.float32]) -> Sound:
    """Full scale 1 as 32767, clipped."""
    return np.clip(np.round(wave * 32767), -32768, 32767).astype(np.int16)
