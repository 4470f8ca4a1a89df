"""The receipt inbox's door: request threads hand reports in and wait until kept.

One thread writes all that came while it was writing, in one transaction: a commit costs
the same for one report as for fifty (group commit). It wakes each who waits by name:
threads that queue for a lock wake one another in a row, and those who are done stand
behind the next commit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from sqlalchemy.exc import DataError, SQLAlchemyError

from campaigns.delivery import receipts
from campaigns.delivery.provider import Report
from outreach.database import Database
from outreach.wiring import Wiring

_log = logging.getLogger(__name__)
PATIENCE = 5.0
"""Seconds after which a provider is told to come again."""
_IDLE_SECONDS = 1.0
_GATHER_SECONDS = 0.002
_AT_ONCE = 500


class NotStored(Exception):
    """The reports are not on disk: answer 503, so that the provider repeats them."""


@dataclass(slots=True)
class _Waiting:
    reports: Sequence[Report]
    answered: Lock = field(default_factory=Lock)
    """Held until the answer is there."""
    fault: Exception | None = None


@dataclass(slots=True)
class Inbox:
    """Keeps reports; one a process."""

    database: Database
    signer: bytes = field(repr=False)
    clock: Callable[[], datetime]
    _waiting: SimpleQueue[_Waiting] = field(default_factory=SimpleQueue)
    _turn: Lock = field(default_factory=Lock)
    _writing: bool = False
    _crowd: bool = False

    def keep(self, reports: Sequence[Report]) -> None:
        """Return when ``reports`` are on disk. Raises NotStored after 5 seconds."""
        mine = _Waiting(reports)
        mine.answered.acquire()
        self._waiting.put(mine)
        with self._turn:
            if not self._writing:
                Thread(target=self._write, name="inbox", daemon=True).start()
                self._writing = True
        if not mine.answered.acquire(timeout=PATIENCE):
            raise NotStored
        if mine.fault is not None:
            raise NotStored from mine.fault

    def _write(self) -> None:
        """Write until nothing comes for a second."""
        while batch := self._taken():
            fault = self._store([one for each in batch for one in each.reports])
            for each in batch:
                # What the database cannot hold keeps out nobody but itself.
                alone = len(batch) > 1 and isinstance(fault, DataError)
                each.fault = self._store(each.reports) if alone else fault
                each.answered.release()

    def _taken(self) -> list[_Waiting]:
        """Whoever waits; nobody, and then the thread that asked has to end.

        Where several came at once the others of that crowd are let in first.
        """
        taken = []
        if self._crowd:
            time.sleep(_GATHER_SECONDS)
        try:
            taken.append(self._waiting.get(timeout=_IDLE_SECONDS))
        except Empty:
            with self._turn:
                self._writing = not self._waiting.empty()
                if not self._writing:
                    return []
        with suppress(Empty):
            while len(taken) < _AT_ONCE:
                taken.append(self._waiting.get_nowait())
        self._crowd = len(taken) > 1
        return taken

    def _store(self, reports: Sequence[Report]) -> Exception | None:
        """None when ``reports`` are on disk, otherwise why they may not be."""
        try:
            with self.database.writing() as session:
                receipts.store(session, reports, signer=self.signer, now=self.clock())
        except (SQLAlchemyError, OSError) as fault:
            return fault
        except Exception as fault:  # noqa: BLE001 - who waits must be told this too
            _log.exception("reports were not stored")
            return fault
        return None


_inboxes: dict[int, Inbox] = {}
_making = Lock()


def of(wiring: Wiring) -> Inbox:
    """The inbox of this process."""
    with _making:
        known = _inboxes.get(id(wiring))
        if known is None:
            known = Inbox(wiring.database, wiring.signer, wiring.clock)
            _inboxes.clear()
            _inboxes[id(wiring)] = known
        return known
