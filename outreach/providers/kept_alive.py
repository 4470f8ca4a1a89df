"""Kept-alive HTTP towards a carrier: bounded in time, never repeating.

Whether a request can have reached the carrier is known only here, so here the
errors that come before the first byte become ``NotAccepted``.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp

from campaigns.delivery.provider import UNREACHABLE, NotAccepted

_CONNECT_SECONDS = 3.05
# Shorter than any carrier keeps an idle connection: a POST into a connection that
# the other side just closed cannot be told from one that was read.
_KEEP_ALIVE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, whole."""

    status: int
    body: bytes
    headers: Any


class KeptAlive:
    """One aiohttp session for each event loop, shared by everything in it."""

    def __init__(self, *, seconds: float, connections: int) -> None:
        self._seconds = seconds
        self._connections = connections
        self._sessions: WeakKeyDictionary[
            asyncio.AbstractEventLoop, aiohttp.ClientSession
        ] = WeakKeyDictionary()

    async def ask(
        self,
        method: str,
        address: str,
        *,
        deadline: float | None = None,
        **more: Any,  # noqa: ANN401 - what aiohttp takes: params, data, headers
    ) -> Heard:
        """Make one request. Raises NotAccepted where nothing can have been read."""
        try:
            answer = await self._session().request(
                method,
                address,
                timeout=self._limits(deadline),
                allow_redirects=False,
                **more,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as closed:
            # Never the address with its query: a number may be in it.
            fault = f"{type(closed).__name__}: no connection"
            raise NotAccepted(fault, code=UNREACHABLE, throttled=True) from closed
        return Heard(answer.status, await answer.read(), answer.headers)

    def _limits(self, deadline: float | None) -> aiohttp.ClientTimeout:
        connect = _CONNECT_SECONDS
        if deadline is not None:
            connect = min(connect, deadline - time.monotonic())
            if connect <= 0:
                raise NotAccepted("deadline passed before writing", code="deadline")
        return aiohttp.ClientTimeout(total=self._seconds, connect=connect)

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=_KEEP_ALIVE_SECONDS
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._sessions[loop]

    async def close(self) -> None:
        """Close this loop's connections."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session:
            await session.close()
