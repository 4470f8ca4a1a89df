"""The receipt inbox's door: request threads hand reports in and wait until kept.

Threads that arrive while one is writing are written together by the next: a commit
costs the same for one report as for fifty (group commit).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from campaigns.delivery import receipts
from campaigns.delivery.provider import Report
from outreach.database import Database
from outreach.wiring import Wiring

PATIENCE = 5.0
"""Seconds after which a provider is told to come again."""


class NotStored(Exception):
    """The reports are not on disk: answer 503, so that the provider repeats them."""


@dataclass(slots=True)
class _Waiting:
    reports: Sequence[Report]
    done: bool = False
    fault: Exception | None = None


@dataclass(slots=True)
class Inbox:
    """Keeps reports; one a process."""

    database: Database
    signer: bytes = field(repr=False)
    clock: Callable[[], datetime]
    _waiting: list[_Waiting] = field(default_factory=list)
    _list: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)

    def keep(self, reports: Sequence[Report]) -> None:
        """Return when ``reports`` are on disk. Raises NotStored after 5 seconds."""
        mine = _Waiting(reports)
        with self._list:
            self._waiting.append(mine)
        if not self._turn.acquire(timeout=PATIENCE):
            raise NotStored
        try:
            if not mine.done:
                self._store_all()
        finally:
            self._turn.release()
        if mine.fault is not None:
            raise NotStored from mine.fault

    def _store_all(self) -> None:
        with self._list:
            batch, self._waiting = self._waiting, []
        fault: Exception | None = None
        try:
            with self.database.writing() as session:
                receipts.store(
                    session,
                    [report for waiting in batch for report in waiting.reports],
                    signer=self.signer,
                    now=self.clock(),
                )
        except (SQLAlchemyError, OSError) as error:
            fault = error
        for waiting in batch:
            waiting.done, waiting.fault = True, fault


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
