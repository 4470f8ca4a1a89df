"""SIGTERM and SIGINT as an exception in the main thread, except where it would hurt.

An exception in the middle of ``Popen.poll`` leaves its lock taken, and the process
could never be waited for again; so that whoever handles children holds signals back.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(BaseException):
    """SIGTERM or SIGINT arrived; not an error, so that nothing swallows it."""


class _Held:
    """How many sections hold signals back, and whether one arrived meanwhile."""

    depth = 0
    arrived = False


def on_signals() -> None:
    """Make the first SIGTERM or SIGINT raise ``Stopped``; later ones do nothing."""

    def stop(_number: int, _frame: object) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)
        if _Held.depth:
            _Held.arrived = True
        else:
            raise Stopped

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold a signal back until the section ends."""
    _Held.depth += 1
    try:
        yield
    finally:
        _Held.depth -= 1
    if _Held.arrived and not _Held.depth:
        _Held.arrived = False
        raise Stopped
