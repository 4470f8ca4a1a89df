"""Kept-alive HTTP towards a carrier: bounded in time, never repeating.

Whether a request can have reached the carrier is known only here, so here the
errors that come before the first byte become ``NotAccepted``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from campaigns.delivery.provider import UNREACHABLE, NotAccepted
from outreach.wires import Heard, Patience, Unconnected, Wires

_CONNECT_SECONDS = 3.05
# Nothing packed: an answer is short, and what cannot be read leaves doubt.
_USUAL = {"Accept-Encoding": "identity"}


class KeptAlive:
    """Connections for each event loop, shared by everything in it."""

    def __init__(self, *, seconds: float, connections: int) -> None:
        self._seconds = seconds
        self._connections = connections
        self._wires: WeakKeyDictionary[asyncio.AbstractEventLoop, Wires] = (
            WeakKeyDictionary()
        )

    async def ask(  # noqa: PLR0913 - a request's five parts, and when it is too late
        self,
        method: str,
        address: str,
        *,
        deadline: float | None = None,
        params: Mapping[str, object] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """Make one request. Raises NotAccepted where nothing can have been read."""
        connecting = _CONNECT_SECONDS
        if deadline is not None:
            connecting = min(connecting, deadline - time.monotonic())
            if connecting <= 0:
                raise NotAccepted("deadline passed before writing", code="deadline")
        if params:
            address = f"{address}{'&' if '?' in address else '?'}{urlencode(params)}"
        try:
            return await self._here().ask(
                method,
                address,
                {**_USUAL, **(headers or {})},
                data,
                patience=Patience(connecting, self._seconds),
            )
        except Unconnected as closed:
            # Never the address with its query: a number may be in it.
            fault = f"{closed}: no connection"
            raise NotAccepted(fault, code=UNREACHABLE, throttled=True) from closed

    def _here(self) -> Wires:
        loop = asyncio.get_running_loop()
        if loop not in self._wires:
            self._wires[loop] = Wires(self._connections)
        return self._wires[loop]

    async def close(self) -> None:
        """Close this loop's connections."""
        wires = self._wires.pop(asyncio.get_running_loop(), None)
        if wires:
            wires.close()


__all__ = ["Heard", "KeptAlive"]
