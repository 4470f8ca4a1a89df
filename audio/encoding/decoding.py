"""Sound files read back: to measure what was written, and to take uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import soundfile

from audio.errors import Unreadable, mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

_BLOCK_SECONDS = 10


def decoded(path: Path, name: str = "") -> Iterator[npt.NDArray[np.float32]]:
    """Blocks of ten seconds, mono (channels averaged), full scale at 1.

    Raises Unreadable for a file that is no sound, or ends in the middle; name is what
    its owner calls it.
    """
    try:
        with soundfile.SoundFile(path) as sound:
            size = sound.samplerate * _BLOCK_SECONDS
            # Not `blocks`: an MP3 may hold less than its header says, and it would
            # hand on whatever the memory held before.
            while len(block := sound.read(size, dtype="float32", always_2d=True)):
                yield block.mean(axis=1)
    except soundfile.LibsndfileError as error:
        raise Unreadable(
            mark("“%(name)s”不是能读的录音：请换成 WAV、MP3 或 OGG 文件。"),
            name=name or path.name,
        ) from error


def sample_rate(path: Path, name: str = "") -> int:
    """Samples a second; raises Unreadable as `decoded` does."""
    try:
        return int(soundfile.info(str(path)).samplerate)
    except soundfile.LibsndfileError as error:
        raise Unreadable(
            mark("“%(name)s”不是能读的录音：请换成 WAV、MP3 或 OGG 文件。"),
            name=name or path.name,
        ) from error
