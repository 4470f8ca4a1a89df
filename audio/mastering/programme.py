"""Speech brought to its loudness, and put between silence, chime and mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr
from scipy.signal import sosfilt

from audio.mastering.chime import chime, synthetic_mark
from audio.mastering.dynamics import OPERATING_LUFS, compression, limited
from audio.mastering.equaliser import Equaliser
from audio.mastering.loudness import k_weighting, measured, true_peaks
from audio.mastering.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from audio.mastering.profiles import Profile

    Block = npt.NDArray[np.float32]

LEAD_SECONDS = 0.5
AFTER_CHIME_SECONDS = 0.5
GAP_SECONDS = 1.5
BEFORE_MARK_SECONDS = 0.8
TAIL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Running:
    """How a programme is put together: readings, chime first, mark last."""

    repeats: int
    chime: bool
    mark: bool


class Programme:
    """One reading, analysed once; `blocks` renders the whole programme any time.

    pieces are 16-bit samples at `rate`, in order, pauses included. Memory stays below
    100 MB whatever the length: the sound waits on disk in `folder`.
    """

    def __init__(
        self,
        pieces: Iterable[npt.NDArray[np.int16]],
        rate: int,
        profile: Profile,
        folder: Path,
    ) -> None:
        self.profile = profile
        self._step = profile.rate // 1000
        if profile.rate % 1000:
            # 44.1 samples are not a whole millisecond; 44 are near enough to one.
            self._step = 44
        self._spool = Spool(folder / f"{profile.name}.f32", profile.rate)
        self._powers = self._shape(pieces, rate)
        self._compression = np.ones(len(self._powers))
        self._energies, self._peaks = self._listen()
        self.settle(profile.lufs, profile.ceiling_dbtp)

    def settle(self, lufs: float, ceiling_dbtp: float) -> None:
        """Choose the gains for a loudness in LUFS and a ceiling in dBTP."""
        self._gains = self._compression * limited(
            self._energies, self._peaks, lufs, ceiling_dbtp
        )

    def blocks(self, running: Running) -> Iterator[Block]:
        """The programme from the first silence to the last, full scale at 1."""
        rate, lufs = self.profile.rate, self.profile.lufs
        yield _silence(LEAD_SECONDS, rate)
        if running.chime:
            yield chime(rate, lufs)
            yield _silence(AFTER_CHIME_SECONDS, rate)
        for reading in range(running.repeats):
            if reading:
                yield _silence(GAP_SECONDS, rate)
            yield from self._speech()
        if running.mark:
            yield _silence(BEFORE_MARK_SECONDS, rate)
            yield synthetic_mark(rate, lufs)
        yield _silence(TAIL_SECONDS, rate)

    @property
    def speech_seconds(self) -> float:
        """Length of one reading."""
        return self._spool.samples / self.profile.rate

    def close(self) -> None:
        """Remove what waits on disk."""
        self._spool.close()

    def _shape(
        self, pieces: Iterable[npt.NDArray[np.int16]], rate: int
    ) -> npt.NDArray[np.float64]:
        """Resampled and equalised into the spool; mean squares by millisecond."""
        resample = soxr.ResampleStream(rate, self.profile.rate, 1, "float32", "HQ")
        equalise = Equaliser(self.profile)
        last = np.zeros(rate // 20, np.int16)
        for piece, final in _with_last(pieces, last):
            block = piece.astype(np.float32) / 32768
            self._spool.append(equalise.shape(resample.resample_chunk(block, final)))
        return np.concatenate(
            [self._means(block.astype(np.float64) ** 2) for _, block in self._read()]
        )

    def _listen(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """K-weighted energies and true peaks of the compressed sound."""
        heard = measured((block for _, block in self._read()), self.profile.rate)
        self._compression = compression(self._powers, OPERATING_LUFS - heard.lufs)
        self._gains = self._compression
        sections, state = k_weighting(self.profile.rate), np.zeros((2, 2))
        energies, peaks = [], []
        for block in self._speech():
            weighted, state = sosfilt(sections, block, zi=state)
            energies.append(self._means(weighted**2))
            peaks.append(self._highest(true_peaks(block)))
        return np.concatenate(energies), np.concatenate(peaks).astype(np.float64)

    def _read(self) -> Iterator[tuple[int, Block]]:
        return self._spool.blocks(self._step * 10_000)

    def _speech(self) -> Iterator[Block]:
        middles = (np.arange(len(self._gains)) + 0.5) * self._step
        for start, block in self._read():
            first = max(0, start // self._step - 1)
            last = first + len(block) // self._step + 3
            at = np.arange(start, start + len(block))
            gains = np.interp(at, middles[first:last], self._gains[first:last])
            yield (block * gains).astype(np.float32)

    def _means(self, squares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        means: npt.NDArray[np.float64] = _stepped(squares, self._step).mean(axis=1)
        return means

    def _highest(self, peaks: Block) -> Block:
        highest: Block = _stepped(peaks, self._step).max(axis=1)
        return highest


def _with_last(
    pieces: Iterable[npt.NDArray[np.int16]], last: npt.NDArray[np.int16]
) -> Iterator[tuple[npt.NDArray[np.int16], bool]]:
    for piece in pieces:
        yield piece, False
    yield last, True


def _stepped(values: npt.NDArray[Any], step: int) -> npt.NDArray[Any]:
    return np.pad(values, (0, -len(values) % step)).reshape(-1, step)


def _silence(seconds: float, rate: int) -> Block:
    return np.zeros(int(seconds * rate), np.float32)
