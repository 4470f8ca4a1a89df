"""One gain curve a millisecond: compressor, make-up gain and limiter together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from audio.mastering.loudness import integrated

if TYPE_CHECKING:
    import numpy.typing as npt

    Curve = npt.NDArray[np.float64]

THRESHOLD_DB, RATIO, KNEE_DB = -26.0, 3.0, 6.0
ATTACK_MS, RELEASE_MS, RMS_MS = 5.0, 120.0, 10
OPERATING_LUFS = -23.0
_LOOK_AHEAD_MS = 5
_ENOUGH = 0.02
_MOST_ROUNDS = 12


def compression(powers: Curve, gain_db: float) -> Curve:
    """Linear gain for each millisecond, from mean squares of the same milliseconds.

    gain_db brings the speech to the operating point first and is part of the answer.
    """
    level = uniform_filter1d(powers, RMS_MS, origin=RMS_MS // 2 - 1, mode="constant")
    level_db = 10 * np.log10(np.maximum(level, 1e-12)) + gain_db
    over = level_db - THRESHOLD_DB
    knee = np.clip(over + KNEE_DB / 2, 0, KNEE_DB) ** 2 / (2 * KNEE_DB)
    wanted = np.where(over > KNEE_DB / 2, over, knee) * (1 / RATIO - 1)
    gains: Curve = 10 ** ((_smoothed(wanted) + gain_db) / 20)
    return gains


def _smoothed(wanted_db: Curve) -> Curve:
    """Quick down, slow up; a branch in each step, so it cannot be a filter."""
    down, up = np.exp(-1 / ATTACK_MS), np.exp(-1 / RELEASE_MS)
    gain, curve = 0.0, []
    for wanted in wanted_db.tolist():
        keep = down if wanted < gain else up
        gain = keep * gain + (1 - keep) * wanted
        curve.append(gain)
    return np.array(curve)


def limited(
    energies: Curve, peaks: Curve, target_lufs: float, ceiling_dbtp: float
) -> Curve:
    """Linear gain for each millisecond that reaches the loudness below the ceiling.

    energies are K-weighted mean squares, peaks true peaks, of compressed sound and of
    the same milliseconds. Where both cannot be had, the ceiling wins.
    """
    ceiling = 10 ** (ceiling_dbtp / 20)
    gain = 10 ** ((target_lufs - _loudness(energies)) / 20)
    curve = np.full(len(energies), gain)
    for _ in range(_MOST_ROUNDS):
        curve = gain * _room(gain * peaks, ceiling)
        missing = target_lufs - _loudness(energies * curve**2)
        if abs(missing) < _ENOUGH:
            break
        gain *= 10 ** (missing / 20)
    return curve


def _room(peaks: Curve, ceiling: float) -> Curve:
    """At most 1, never leaving a peak above the ceiling, moving over 5 ms.

    The minimum reaches one step further than the mean, because gains are drawn as
    straight lines between the middles of milliseconds.
    """
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    lowest = minimum_filter1d(needed, 2 * (_LOOK_AHEAD_MS + 1) + 1)
    room: Curve = uniform_filter1d(lowest, 2 * _LOOK_AHEAD_MS + 1)
    return room


def _loudness(energies: Curve) -> float:
    whole = len(energies) // 100 * 100
    if not whole:
        return integrated(energies.mean(keepdims=True))
    return integrated(energies[:whole].reshape(-1, 100).mean(axis=1))
