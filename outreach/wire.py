"""One kept-alive HTTP/1.1 connection: it asks, hears the answer, and asks again."""

from __future__ import annotations

import asyncio
from typing import cast

from outreach.hearing import Heard, Hearing, Unreadable

# Shorter than any carrier keeps an idle connection: a request into a connection that
# the other side just closed cannot be told from one that was read.
_IDLE_SECONDS = 15.0


class Unconnected(OSError):
    """No connection was made, or it was gone: nothing of the request was written."""


class Wire(asyncio.Protocol):
    """One connection, one exchange at a time.

    One timer serves all its exchanges: it looks when the earliest could be over, and
    again later if another has begun meanwhile.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Heard] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self.usable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's: the connection is there."""
        self._transport = cast("asyncio.Transport", transport)
        self._rest()

    async def ask(self, request: bytes, until: float) -> Heard:
        """Write ``request`` and wait for its answer up to the loop's time ``until``.

        Raises Unconnected before it writes, any other OSError afterwards.
        """
        if not self.free:
            raise Unconnected("closed")
        self.usable = False
        self._hearing = Hearing()
        self._answer = self._loop.create_future()
        self._watch(until)
        self._transport.write(request)
        return await self._answer

    @property
    def free(self) -> bool:
        """Whether it takes a request now."""
        fresh = self._loop.time() < self._until
        return self.usable and fresh and not self._transport.is_closing()

    def data_received(self, data: bytes) -> None:
        """Asyncio's: a piece of the answer."""
        if self._answer is None or self._answer.done():
            # Nobody asked: what comes next could pass for the next one's answer.
            self.close()
        else:
            self._hear(data)

    def connection_lost(self, why: Exception | None) -> None:
        """Asyncio's: the connection is gone."""
        if why is None:
            self._hear(b"")
        self._fail(why or ConnectionResetError())

    def close(self) -> None:
        """Close it; an exchange under way fails."""
        self._fail(ConnectionAbortedError())
        self._transport.abort()

    def _hear(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            return
        try:
            heard = self._hearing.take(data) if data else self._hearing.end()
        except Unreadable as wrong:
            self._fail(wrong)
            return
        if heard is not None:
            self._answer.set_result(heard)
            if heard.kept:
                self._rest()

    def _rest(self) -> None:
        self.usable = True
        self._watch(self._loop.time() + _IDLE_SECONDS)

    def _fail(self, why: Exception) -> None:
        self.usable = False
        if self._timer:
            self._timer.cancel()
        if self._answer and not self._answer.done():
            self._answer.set_exception(why)

    def _watch(self, until: float) -> None:
        self._until = until
        if self._timer is None or self._timer.when() > until:
            if self._timer:
                self._timer.cancel()
            self._timer = self._loop.call_at(until, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._loop.time() < self._until:
            self._watch(self._until)
        else:
            self._fail(TimeoutError())
            self._transport.abort()


__all__ = ["Heard", "Unconnected", "Unreadable", "Wire"]
