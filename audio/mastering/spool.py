"""Sound on disk while it is worked on, so that no length fills the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

BLOCK_SECONDS = 10


class Spool:
    """Mono float32 samples in a file, appended once and read block by block."""

    def __init__(self, path: Path, rate: int) -> None:
        self.path = path
        self.rate = rate
        self.samples = 0
        self._file = path.open("w+b")

    def append(self, block: npt.NDArray[np.float32]) -> None:
        """Add samples at the end."""
        self._file.write(np.asarray(block, "<f4").tobytes())
        self.samples += len(block)

    def blocks(
        self, step: int | None = None
    ) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
        """Each block with the number of its first sample; ten seconds by default."""
        step = step or BLOCK_SECONDS * self.rate
        self._file.flush()
        for start in range(0, self.samples, step):
            self._file.seek(start * 4)
            count = min(step, self.samples - start)
            yield start, np.frombuffer(self._file.read(count * 4), "<f4")

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)
