"""WAV files: 16-bit PCM, A-law and μ-law (ITU-T G.711), with the label inside."""

from __future__ import annotations

import os
import struct
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from audio.encoding.tags import Tags

_FORMATS = {"pcm16": (1, 2), "alaw": (6, 1), "ulaw": (7, 1)}
_CLIP, _BIAS = 32635, 132


class Wav:
    """The header is written first with no length and mended when the file closes."""

    def __init__(self, path: Path, codec: str, rate: int, tags: Tags) -> None:
        self._form, self._width = _FORMATS[codec]
        self._codec, self._rate = codec, rate
        self._info = _information(tags)
        self._bytes = 0
        self._file = path.open("xb")
        self._file.write(self._header())

    def write(self, samples: npt.NDArray[np.int16]) -> None:
        """Append 16-bit mono samples, coded as the file wants them."""
        coded = samples if self._codec == "pcm16" else _law(self._codec)[samples]
        raw = coded.astype("<i2" if self._width == 2 else "u1").tobytes()  # noqa: PLR2004
        self._file.write(raw)
        self._bytes += len(raw)

    def close(self) -> None:
        """Write the true lengths and sync."""
        with self._file:
            if self._bytes % 2:
                self._file.write(b"\0")
            self._file.seek(0)
            self._file.write(self._header())
            self._file.flush()
            os.fsync(self._file.fileno())

    def _header(self) -> bytes:
        form = struct.pack(
            "<HHIIHHH",
            self._form,
            1,
            self._rate,
            self._rate * self._width,
            self._width,
            self._width * 8,
            0,
        )
        fact = struct.pack("<I", self._bytes // self._width)
        chunks = _chunk(b"fmt ", form) + _chunk(b"fact", fact) + self._info
        whole = 4 + len(chunks) + 8 + self._bytes + self._bytes % 2
        return (
            struct.pack("<4sI4s", b"RIFF", whole, b"WAVE")
            + chunks
            + struct.pack("<4sI", b"data", self._bytes)
        )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)


def _information(tags: Tags) -> bytes:
    entries = ((b"INAM", tags.title), (b"IART", tags.artist), (b"ICMT", tags.aigc))
    said = b"".join(
        _chunk(name, text.encode() + b"\0") for name, text in entries if text
    )
    return _chunk(b"LIST", b"INFO" + said)


@cache
def _law(codec: str) -> npt.NDArray[np.uint8]:
    """The code of each 16-bit sample; negative samples count from the table's end."""
    samples = np.arange(-32768, 32768)
    coded = _alaw(samples) if codec == "alaw" else _ulaw(samples)
    return np.roll(coded, -32768).astype(np.uint8)


def _alaw(samples: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Thirteen bits into eight segments; even bits inverted."""
    positive = samples >= 0
    size = np.where(positive, samples, -samples - 1) >> 4
    segment = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(int) - 3, 0)
    mantissa = size >> np.maximum(segment - 1, 0) & 15
    coded: npt.NDArray[np.int64] = (segment << 4) | mantissa
    return coded ^ np.where(positive, 0xD5, 0x55)


def _ulaw(samples: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Fourteen bits into eight segments; all bits inverted."""
    size = np.minimum(np.abs(samples), _CLIP) + _BIAS
    segment = np.floor(np.log2(size)).astype(int) - 7
    mantissa = (size >> (segment + 3)) & 15
    sign = np.where(samples < 0, 0x80, 0)
    coded: npt.NDArray[np.int64] = sign | (segment << 4) | mantissa
    return ~coded & 0xFF
