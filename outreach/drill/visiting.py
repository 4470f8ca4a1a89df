"""Somebody who looks at the pages all the while (invariant I11)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

import httpx

_EVERY = 0.25
_PATIENCE = 10.0
_WELL = frozenset({200, 503})


class Visitor:
    """Opens the sign-in page four times a second; counts what it is answered.

    A closed door is the fault of a killed server and counted as such; anything else
    than the page or an honest 503 is the product's.
    """

    def __init__(self, address: str) -> None:
        self.answers: Counter[str] = Counter()
        self._address = address
        self._seconds: list[float] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    @property
    def wrong(self) -> int:
        """Answers that no page may give."""
        return sum(n for said, n in self.answers.items() if said.startswith("wrong"))

    @property
    def p95(self) -> float:
        """Seconds within which nineteen of twenty pages were there."""
        ordered = sorted(self._seconds)
        return round(ordered[int(len(ordered) * 0.95)], 2) if ordered else 0.0

    def _look(self) -> None:
        with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
            fresh = True
            while not self._end.wait(_EVERY):
                began = time.monotonic()
                try:
                    status = client.get(self._address).status_code
                except httpx.HTTPError:
                    self.answers["closed"] += 1
                    fresh = True
                    continue
                well = status in _WELL
                self.answers[str(status) if well else f"wrong {status}"] += 1
                # A server that was just started reads its pages from the disk.
                if not fresh:
                    self._seconds.append(time.monotonic() - began)
                fresh = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()
