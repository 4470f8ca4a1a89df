"""Figures against their limits, and the middle of several runs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """What a figure must reach at least, and what it may be at most."""

    least: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, float] = field(default_factory=dict)

    def judged(self, figures: Mapping[str, Any], *, agreed: bool) -> dict[str, Any]:
        """``figures`` with their limits and ``ok``.

        ``ok`` needs every limited figure inside its limit, and ``agreed``: the ledger
        and the database of the run told the same story.
        """
        low = (figures[name] >= limit for name, limit in self.least.items())
        high = (figures[name] <= limit for name, limit in self.most.items())
        return {
            **figures,
            "at_least": dict(self.least),
            "at_most": dict(self.most),
            "agreed": agreed,
            "ok": agreed and all(low) and all(high),
        }


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(statistics.median(values))


def spread(values: Sequence[float]) -> list[float]:
    """Least, median and most, for a reader who asks how steady the machine was."""
    return [round(found, 1) for found in (min(values), middle(values), max(values))]


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of ``work``."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
