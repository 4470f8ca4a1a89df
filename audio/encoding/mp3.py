"""MPEG-1 Layer III at 44.1 kHz, mono, constant 128 kbit/s, without a Xing frame."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import lameenc

from audio.encoding.tags import id3v1, id3v2

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from audio.encoding.tags import Tags

KBIT = 128
_QUALITY = 4


class Mp3:
    """Players of village adapters know MPEG-1 alone, and constant bit rates best."""

    def __init__(self, path: Path, rate: int, tags: Tags) -> None:
        self._tags = tags
        self._file = path.open("xb")
        self._file.write(id3v2(tags))
        self._encoder = lameenc.Encoder()
        self._encoder.silence()
        self._encoder.set_bit_rate(KBIT)
        self._encoder.set_in_sample_rate(rate)
        self._encoder.set_channels(1)
        self._encoder.set_quality(_QUALITY)

    def write(self, samples: npt.NDArray[np.int16]) -> None:
        """Append 16-bit mono samples."""
        self._file.write(self._encoder.encode(samples.tobytes()))

    def close(self) -> None:
        """Write what the encoder still holds, then the old tag, and sync."""
        with self._file:
            self._file.write(self._encoder.flush())
            self._file.write(id3v1(self._tags))
            self._file.flush()
            os.fsync(self._file.fileno())
