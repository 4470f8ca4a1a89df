"""A relay between workers and what they reach, where the network's faults happen."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_PIECE = 65_536
_STALL_SECONDS = 1.0


class Relay:
    """Copies bytes between a port and another, in a thread of its own.

    It listens on ``hosts``; ``there`` is a unix socket, or a host and port.
    ``delay`` seconds are added to every piece, a ``stalled`` share of pieces waits a
    second more, as after a lost packet; ``closed`` refuses everybody.
    """

    def __init__(
        self,
        port: int,
        there: Path | tuple[str, int],
        seed: int,
        hosts: Sequence[str] = ("127.0.0.1",),
    ) -> None:
        self.delay = 0.0
        self.stalled = 0.0
        self.closed = False
        self.port, self._there, self._hosts = port, there, hosts
        self._draw = random.Random(seed)  # noqa: S311  # nosec B311  # repeats
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        listening = asyncio.start_server(self._meet, self._hosts, self.port)
        asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)

    def stop(self) -> None:
        """Cut everything and end the thread."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut(self) -> None:
        """Reset every connection that is open."""
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _meet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.closed:
            writer.transport.abort()
            return
        try:
            back, there = await self._reach()
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, there}
        self._open |= ends
        try:
            await asyncio.gather(self._copy(reader, there), self._copy(back, writer))
        finally:
            self._open -= ends

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._there, tuple):
            return await asyncio.open_connection(*self._there)
        return await asyncio.open_unix_connection(str(self._there))

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self.stalled and self._draw.random() < self.stalled:
                    await asyncio.sleep(_STALL_SECONDS)
                writer.write(piece)
                await writer.drain()
        writer.close()


def tunnel(host: str, ports: Sequence[int]) -> None:
    """Lead ports of loopback to the same ports of ``host``, until the process ends."""
    for port in ports:
        Relay(port, (host, port), 0).start()
    threading.Event().wait()
