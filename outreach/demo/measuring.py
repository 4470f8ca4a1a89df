"""What the demonstration measures of itself: seconds by stage, memory of its tree."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import psutil

_SAMPLE_SECONDS = 0.5
_MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage, in the order in which the stages began."""

    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)

    def total(self) -> float:
        """Seconds since the stopwatch was made."""
        return round(time.monotonic() - self.began, 2)


class Memory:
    """The largest memory that this process and all below it held together.

    Resident sizes are added up, so that shared pages count once for each process:
    the figure is an upper bound.
    """

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._end.wait(_SAMPLE_SECONDS):
            self.peak_mb = max(self.peak_mb, round(_tree_bytes() / _MEGABYTE, 1))


def _tree_bytes() -> int:
    us = psutil.Process()
    total = 0
    for process in [us, *us.children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
