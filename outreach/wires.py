"""Kept-alive HTTP/1.1 over asyncio: one request after the other on each connection.

Frugal, because two processors carry the service, and a general client takes four times
as much for each message. It never follows, never repeats, and tells apart what every
sender must know: ``Unconnected`` means that not a byte of the request was written.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from outreach.wire import Heard, Unconnected, Unreadable, Wire

_PORTS = {"http": 80, "https": 443}
_EYEBALLS_SECONDS = 0.25


class Origin(NamedTuple):
    """Whom a connection leads to."""

    scheme: str
    host: str
    port: int


class Patience(NamedTuple):
    """Seconds before the first byte of a request, and for all of it."""

    connecting: float
    whole: float


class Wires:
    """Connections of one event loop, at most ``connections`` in use together."""

    def __init__(self, connections: int = 64) -> None:
        self._free = asyncio.Semaphore(connections)
        self._idle: dict[Origin, list[Wire]] = {}
        self._trust: ssl.SSLContext | None = None

    async def ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        patience: Patience,
    ) -> Heard:
        """Make one request; ``address`` is absolute and percent-encoded.

        Raises Unconnected, any other OSError once something may have been read,
        ValueError for what is no request.
        """
        origin, lines = _begun(method, address)
        request = lines + _headed(headers, body)
        until = asyncio.get_running_loop().time() + patience.whole
        wire = await self._wire(origin, min(patience))
        try:
            return await wire.ask(request, until)
        finally:
            self._free.release()
            if wire.usable:
                self._idle.setdefault(origin, []).append(wire)
            else:
                wire.close()

    def close(self) -> None:
        """Close what is idle; what is under way closes at its end."""
        idle, self._idle = self._idle, {}
        for wires in idle.values():
            for wire in wires:
                wire.close()

    async def _wire(self, origin: Origin, seconds: float) -> Wire:
        """A connection that nobody else uses; the place for it is taken."""
        if not self._free.locked() and (wire := self._kept(origin)):
            await self._free.acquire()
            return wire
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
                try:
                    return self._kept(origin) or await self._opened(origin)
                except BaseException:
                    self._free.release()
                    raise
        except OSError as closed:
            raise Unconnected(type(closed).__name__) from closed

    def _kept(self, origin: Origin) -> Wire | None:
        idle = self._idle.get(origin, [])
        while idle:
            wire = idle.pop()
            if wire.free:
                return wire
            wire.close()
        return None

    async def _opened(self, origin: Origin) -> Wire:
        if origin.scheme == "https" and self._trust is None:
            self._trust = ssl.create_default_context()
        _, wire = await asyncio.get_running_loop().create_connection(
            Wire,
            origin.host,
            origin.port,
            ssl=self._trust if origin.scheme == "https" else None,
            happy_eyeballs_delay=_EYEBALLS_SECONDS,
        )
        return wire


@lru_cache(64)
def _begun(method: str, address: str) -> tuple[Origin, bytes]:
    """Where to, and the lines that are the same for all requests there."""
    parts = urlsplit(address)
    origin, named = _origin(parts.scheme, parts.netloc)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    target = f"{path}?{parts.query}" if parts.query else path
    lines = f"{method} {target} HTTP/1.1\r\nHost: {named}\r\n"
    return origin, lines.encode("ascii")


@lru_cache(64)
def _origin(scheme: str, netloc: str) -> tuple[Origin, str]:
    """Whom an address names, and how a request names them."""
    parts = urlsplit(f"//{netloc}")
    if scheme not in _PORTS or not parts.hostname:
        raise ValueError("no address of HTTP")
    host = parts.hostname.encode("idna").decode()
    port = parts.port or _PORTS[scheme]
    named = f"[{host}]" if ":" in host else host
    if port != _PORTS[scheme]:
        named = f"{named}:{port}"
    return Origin(scheme, host, port), named


def _headed(headers: Mapping[str, str], body: bytes | None) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}\r\n")
    text = "".join(lines)
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise ValueError("a header of more than one line")
    return text.encode("latin-1") + b"\r\n" + (body or b"")


__all__ = ["Heard", "Patience", "Unconnected", "Unreadable", "Wires"]
