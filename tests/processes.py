"""Finding processes that a test may have left behind."""

from __future__ import annotations

import time
from pathlib import Path

import psutil


def working_in(folder: Path, patience: float = 10.0) -> list[list[str]]:
    """Commands that still work in ``folder`` after ``patience`` seconds at most."""
    end = time.monotonic() + patience
    while (found := _working_in(folder)) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def _working_in(folder: Path) -> list[list[str]]:
    """Their arguments or their environment name it; orphans are found as well."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(str(folder) in word for word in told):
            found.append(process.cmdline())
    return found
