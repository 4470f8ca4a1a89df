"""One event loop a process, in a thread of its own.

Providers keep connections alive in it; tasks of any worker pool hand it their work,
so that sockets never meet a second loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Lock, Thread
from typing import Any, TypeVar

Result = TypeVar("Result")

_STOP_SECONDS = 10.0


class Loop:
    """A running event loop; made when first asked, gone with the process."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._making = Lock()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run ``work`` in the loop and return its result; called from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._running()).result()

    def stop(self) -> None:
        """End the loop and its thread."""
        with self._making:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_STOP_SECONDS)
            if not thread.is_alive():
                loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._making:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(
                    target=self._loop.run_forever, name="carrying", daemon=True
                )
                self._thread.start()
            return self._loop


LOOP = Loop()
"""This process's loop; after a fork it is made anew, because nobody asked before."""
