"""What the simulated carrier accepted, on disk before it answers.

The file outlives SIGKILL of the simulator: commits are in the system's page cache.
They are not forced onto the disk; this carrier need not survive a power cut.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY, secret TEXT NOT NULL, "to" TEXT NOT NULL,
  "from" TEXT NOT NULL, body TEXT NOT NULL, callback TEXT NOT NULL,
  at REAL NOT NULL, sent_at REAL NOT NULL, final_at REAL NOT NULL,
  final TEXT NOT NULL, code INTEGER, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS message_to ON message ("to", id);
"""
_COLUMNS = (
    'id, secret, "to", "from", body, callback, at, sent_at, final_at, final, code, told'
)
SENT, FINAL = 1, 2
"""Bits of ``told``: which callbacks the other side has taken."""


@dataclass(slots=True)
class Entry:
    """One accepted message and its whole future; times are Unix seconds."""

    id: int
    secret: str
    to: str
    sender: str
    body: str
    callback: str
    at: float
    sent_at: float
    final_at: float
    final: str
    code: int | None
    told: int = 0

    @property
    def is_call(self) -> bool:
        """Whether it is a call: its body is then what the call does, in TwiML."""
        return self.body.startswith(("<Response>", "<?xml"))

    @property
    def sid(self) -> str:
        """Twilio's name of the message; it carries the row, so no index is needed."""
        return f"{'CA' if self.is_call else 'SM'}{self.id:012x}{self.secret}"

    @property
    def token(self) -> str:
        """The last part of the callback address: where clients put their own name."""
        return self.callback.rpartition("/")[2]

    def status(self, now: float) -> str:
        """Twilio's status at ``now``."""
        if self.final and now >= self.final_at:
            return self.final
        return "sent" if now >= self.sent_at else "queued"


class Ledger:
    """An append-only table with group commits: many requests, one commit."""

    def __init__(self, path: Path | str) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=OFF")
        self._file.executescript(_TABLES)
        (last,) = self._file.execute("SELECT max(id) FROM message").fetchone()
        self._next = (last or 0) + 1
        self._new: list[Entry] = []
        self._told: list[tuple[int, int]] = []
        self._kept: asyncio.Future[None] | None = None

    def entry(self, **facts: Any) -> Entry:  # noqa: ANN401
        """A new entry with its number and secret; not yet written."""
        number, self._next = self._next, self._next + 1
        return Entry(id=number, secret=secrets.token_hex(10), **facts)

    async def accept(self, entry: Entry) -> None:
        """Return when ``entry`` is in the file."""
        self._new.append(entry)
        await self._soon()

    def tell(self, entry: Entry, what: int) -> None:
        """Remember that the callback ``what`` was taken; written soon."""
        entry.told |= what
        self._told.append((what, entry.id))
        self._soon()

    def _soon(self) -> asyncio.Future[None]:
        # Requests read in one turn of the loop share one commit.
        if self._kept is None:
            loop = asyncio.get_running_loop()
            self._kept = loop.create_future()
            loop.call_soon(self.flush)
        return self._kept

    def flush(self) -> None:
        """Write what waits, in one transaction, and let its requests go on."""
        kept, self._kept = self._kept, None
        new, self._new = self._new, []
        told, self._told = self._told, []
        try:
            self._write(new, told)
        except sqlite3.Error as wrong:
            if kept and not kept.done():
                kept.set_exception(wrong)
        else:
            if kept and not kept.done():
                kept.set_result(None)

    def _write(self, new: list[Entry], told: list[tuple[int, int]]) -> None:
        with self._file:
            self._file.execute("BEGIN")
            self._file.executemany(
                f"INSERT INTO message ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608  # nosec B608  # our own names
                [_row(entry) for entry in new],
            )
            self._file.executemany(
                "UPDATE message SET told = told | ? WHERE id = ?", told
            )

    def get(self, sid: str) -> Entry | None:
        """The entry named ``sid``, or None."""
        try:
            number = int(sid[2:14], 16)
        except ValueError:
            return None
        found = self._read("WHERE id = ?", (number,))
        return next((entry for entry in found if entry.sid == sid), None)

    def newest(self, to: str | None, limit: int, skip: int) -> list[Entry]:
        """Entries to ``to`` (or to anybody), newest first."""
        if to is None:
            return list(self._read("ORDER BY id DESC LIMIT ? OFFSET ?", (limit, skip)))
        tail = 'WHERE "to" = ? ORDER BY id DESC LIMIT ? OFFSET ?'
        return list(self._read(tail, (to, limit, skip)))

    def after(self, number: int, limit: int) -> list[Entry]:
        """Entries numbered above ``number``, oldest first."""
        return list(self._read("WHERE id > ? ORDER BY id LIMIT ?", (number, limit)))

    def untold(self, after: int, limit: int) -> list[Entry]:
        """Entries above ``after`` with a callback nobody has taken yet."""
        tail = f"WHERE id > ? AND callback <> '' AND told < {FINAL} ORDER BY id LIMIT ?"
        return list(self._read(tail, (after, limit)))

    def summary(self, now: float) -> dict[str, Any]:
        """Counts for a demonstration: accepted, by status, numbers written twice."""
        status = (
            "CASE WHEN final <> '' AND final_at <= :now THEN final"
            " WHEN sent_at <= :now THEN 'sent' ELSE 'queued' END"
        )
        by_status = self._file.execute(
            f"SELECT {status}, count(*) FROM message GROUP BY 1",  # noqa: S608  # nosec B608  # from above
            {"now": now},
        ).fetchall()
        (twice,) = self._file.execute(
            "SELECT count(*) FROM (SELECT 1 FROM message WHERE callback <> ''"
            " GROUP BY callback HAVING count(*) > 1)"
        ).fetchone()
        first, last = self._file.execute(
            "SELECT min(at), max(at) FROM message"
        ).fetchone()
        return {
            "accepted": sum(n for _, n in by_status),
            "statuses": dict(by_status),
            "same_token_twice": twice,
            "first_at": first,
            "last_at": last,
        }

    def clear(self) -> None:
        """Forget everything; for measurements that start from nothing."""
        self._file.execute("DELETE FROM message")

    def close(self) -> None:
        """Write what waits and close the file."""
        self.flush()
        self._file.close()

    def _read(self, tail: str, values: Iterable[Any]) -> Iterator[Entry]:
        statement = f"SELECT {_COLUMNS} FROM message {tail}"  # noqa: S608  # nosec B608
        for row in self._file.execute(statement, tuple(values)):
            yield Entry(*row)


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.id,
        entry.secret,
        entry.to,
        entry.sender,
        entry.body,
        entry.callback,
        entry.at,
        entry.sent_at,
        entry.final_at,
        entry.final,
        entry.code,
        entry.told,
    )
