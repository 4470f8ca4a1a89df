"""Loudness and true peak of mono sound, measured as it passes by (BS.1770-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import resample_poly, sosfilt

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

SILENT = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
_HOPS_A_BLOCK = 4
_OVERSAMPLING = 4
_REACH = 64
"""Samples on either side that a value between two samples depends on."""


def k_weighting(rate: int) -> Floats:
    """The two filter stages of BS.1770-4 as second-order sections at any rate."""
    k, q, gain = (
        np.tan(np.pi * 1681.974450955533 / rate),
        0.7071752369554196,
        10 ** (3.999843853973347 / 20),
    )
    middle = gain**0.4996667741545416
    shelf = [gain + middle * k / q + k * k, 2 * (k * k - gain)]
    shelf += [gain - middle * k / q + k * k, 1 + k / q + k * k]
    shelf += [2 * (k * k - 1), 1 - k / q + k * k]
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    norm = 1 + k / q + k * k
    low = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]
    return np.array([[part / shelf[3] for part in shelf], low])


def integrated(energies: Floats) -> float:
    """Gated loudness in LUFS of K-weighted mean squares, one for each 100 ms."""
    if len(energies) < _HOPS_A_BLOCK:
        energies = np.pad(energies, (0, _HOPS_A_BLOCK - len(energies)))
    blocks = np.convolve(energies, np.full(_HOPS_A_BLOCK, 1 / _HOPS_A_BLOCK), "valid")
    loud = blocks[blocks > 10 ** ((SILENT - _OFFSET) / 10)]
    if not len(loud):
        return SILENT
    gate = loud.mean() * 10 ** (_RELATIVE_GATE / 10)
    return float(_OFFSET + 10 * np.log10(loud[loud > gate].mean()))


class Meter:
    """Loudness and true peak of a stream of float blocks at `rate`."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.samples = 0
        self._sections = k_weighting(rate)
        self._state = np.zeros((2, 2))
        self._hop = rate // 10
        self._rest = np.zeros(0)
        self._energies: list[Floats] = []
        self._tail = np.zeros(0, np.float32)
        self._peak = 0.0

    def hear(self, block: npt.NDArray[np.float32]) -> None:
        """Take the next samples, full scale at 1."""
        self.samples += len(block)
        weighted, self._state = sosfilt(self._sections, block, zi=self._state)
        squares = np.concatenate([self._rest, weighted * weighted])
        whole = len(squares) // self._hop * self._hop
        self._energies.append(squares[:whole].reshape(-1, self._hop).mean(axis=1))
        self._rest = squares[whole:]
        joined = np.concatenate([self._tail, block])
        self._peak = max(self._peak, _true_peak(joined, len(self._tail) // 2))
        self._tail = joined[-2 * _REACH :]

    @property
    def lufs(self) -> float:
        """Integrated loudness so far; -70 for silence."""
        if not self._energies:
            return SILENT
        return integrated(np.concatenate(self._energies))

    @property
    def true_peak_dbtp(self) -> float:
        """Highest true peak so far in dB of full scale."""
        return float(20 * np.log10(max(self._peak, 1e-6)))

    @property
    def seconds(self) -> float:
        """Length so far."""
        return self.samples / self.rate


def measured(blocks: Iterable[npt.NDArray[np.float32]], rate: int) -> Meter:
    """A meter that has heard all blocks."""
    meter = Meter(rate)
    for block in blocks:
        meter.hear(block)
    return meter


def true_peaks(block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """For each sample the highest of the four oversampled ones that follow it."""
    finer = resample_poly(block, _OVERSAMPLING, 1)
    peaks: npt.NDArray[np.float32] = (
        np.abs(finer).reshape(-1, _OVERSAMPLING).max(axis=1).astype(np.float32)
    )
    return peaks


def _true_peak(block: npt.NDArray[np.float32], first: int) -> float:
    """The highest true peak from sample `first` on, but for the last 64 samples.

    A cut in the middle of a sound rings: what is near one is left to the next block.
    Only what comes near the highest sample is oversampled.
    """
    last = len(block) - _REACH
    if last <= first:
        return float(np.abs(block).max(initial=0.0))
    size = 4096
    inner = np.abs(block[first:last])
    padded = np.pad(inner, (0, -len(inner) % size)).reshape(-1, size).max(axis=1)
    peak = float(padded.max())
    for number in np.flatnonzero(padded > peak / 2).tolist():
        start = first + number * size
        before = min(start, _REACH)
        end = min(start + size, last)
        part = true_peaks(block[start - before : end + _REACH])
        peak = max(peak, float(part[before : before + end - start].max()))
    return peak
