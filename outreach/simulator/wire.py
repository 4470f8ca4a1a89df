"""A frugal HTTP/1.1 client for callbacks: ask, keep the line, read the status.

A general client costs ten times as much for each callback, and this carrier shares
two processors with the service that it calls.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast
from urllib.parse import urlsplit

_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)
_BARE = {b"204", b"304"}
_CONNECT_SECONDS = 3.0
_ANSWER_SECONDS = 15.0
_IDLE_MOST = 64


class Wire(asyncio.Protocol):
    """One connection, one exchange at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._read = b""
        self.usable = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's: the line is open."""
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: bytes) -> int:
        """Write ``request`` and return the answer's status. Raises OSError."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._read, self._answer = b"", loop.create_future()
        late = loop.call_later(_ANSWER_SECONDS, self.close)
        try:
            self._transport.write(request)
            return await self._answer
        finally:
            late.cancel()

    def data_received(self, data: bytes) -> None:
        """Asyncio's: a piece of the answer."""
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found or self._answer is None or self._answer.done():
            return
        line = _LINE.match(head)
        if line is None:
            self.close()
            return
        length = _LENGTH.search(head)
        bare = line[1] in _BARE
        if not bare and length and len(body) < int(length[1]):
            return
        # The status is all we want: an answer without a length ends the line.
        self.usable = bool(bare or length) and not _CLOSE.search(head)
        self._answer.set_result(int(line[1]))

    def connection_lost(self, _why: Exception | None) -> None:
        """Asyncio's: the line is gone."""
        self.usable = False
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def close(self) -> None:
        """Close the line; an exchange under way fails."""
        self.usable = False
        if self._transport:
            self._transport.abort()


class Wires:
    """Kept-alive connections by address."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[Wire]] = {}

    async def post(self, address: str, headers: str, body: str) -> int:
        """POST a form to ``address``; the answer's status. Raises OSError, ValueError.

        ``headers`` are lines that each end in CRLF; ``body`` is percent-encoded.
        """
        kind = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        more = f"{headers}{kind}Content-Length: {len(body)}\r\n"
        return await self._ask("POST", address, more, body)

    async def get(self, address: str) -> int:
        """GET ``address`` to its last byte; the status. Raises OSError, ValueError."""
        return await self._ask("GET", address)

    async def _ask(
        self, method: str, address: str, headers: str = "", body: str = ""
    ) -> int:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(address)
        where = (parts.scheme, parts.netloc)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        request = (
            f"{method} {target or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}"
            f"Accept: */*\r\n\r\n{body}"
        ).encode("ascii")
        wire = self._taken(where) or await _open(address)
        status = await wire.ask(request)
        idle = self._idle.setdefault(where, [])
        if wire.usable and len(idle) < _IDLE_MOST:
            idle.append(wire)
        else:
            wire.close()
        return status

    def _taken(self, where: tuple[str, str]) -> Wire | None:
        idle = self._idle.get(where, [])
        while idle:
            wire = idle.pop()
            if wire.usable:
                return wire
        return None

    def close(self) -> None:
        """Close every idle line."""
        for idle in self._idle.values():
            for wire in idle:
                wire.close()
        self._idle.clear()


async def _open(address: str) -> Wire:
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    async with asyncio.timeout(_CONNECT_SECONDS):
        _, wire = await asyncio.get_running_loop().create_connection(
            Wire,
            str(parts.hostname),
            parts.port or (443 if secure else 80),
            ssl=True if secure else None,
        )
    return wire
