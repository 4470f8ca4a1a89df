"""Applying the inbox for some seconds, while reports keep coming in."""

from __future__ import annotations

import logging
import time
from threading import Lock

from campaigns.delivery import receipts
from outreach.lanes import closing
from outreach.wiring import Wiring

_log = logging.getLogger(__name__)
_SECONDS = 10.0
_IDLE_SECONDS = 2.0
_PAUSE = 0.25
_turn = Lock()


def apply(wiring: Wiring) -> int:
    """Apply reports until none came for two seconds; return how many were seen.

    Between full batches it goes on at once, otherwise it lets some gather: each
    transaction costs the same whatever it applies.
    """
    if not _turn.acquire(blocking=False):
        return 0
    try:
        return _apply(wiring)
    finally:
        _turn.release()


def apply_batch(wiring: Wiring) -> receipts.Applied:
    """Apply one batch; what should not have come is in the log."""
    with wiring.database.writing() as session:
        applied = receipts.apply(session, wiring.clock())
    if applied.closed:
        _log.warning("%s reports for messages that were closed", applied.closed)
    return applied


def _apply(wiring: Wiring) -> int:
    seen = 0
    until = time.monotonic() + _SECONDS
    last = time.monotonic()
    while not closing.is_set() and time.monotonic() < min(until, last + _IDLE_SECONDS):
        applied = apply_batch(wiring)
        if applied.seen:
            last = time.monotonic()
            seen += applied.seen
        if applied.seen < receipts.BATCH:
            time.sleep(_PAUSE)
    return seen
