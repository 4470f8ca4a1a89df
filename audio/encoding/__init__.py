"""Sound to files that old players take, and files back to sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.encoding.mp3 import Mp3
from audio.encoding.wav import Wav

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol

    import numpy as np
    import numpy.typing as npt

    from audio.encoding.tags import Tags

    class Sink(Protocol):
        """A file that takes sound until it is closed."""

        def write(self, samples: npt.NDArray[np.int16]) -> None:
            """Append 16-bit mono samples."""
            ...

        def close(self) -> None:
            """Finish the file and bring it to the disk."""
            ...


def sink(path: Path, codec: str, rate: int, tags: Tags) -> Sink:
    """A file to write: codec is mp3, pcm16, alaw or ulaw; rate in samples a second."""
    if codec == "mp3":
        return Mp3(path, rate, tags)
    return Wav(path, codec, rate, tags)
