"""Bodies that come slowly, or never end, cannot take every thread that serves pages.

The server hands a request over as soon as its head is read, and reading its body waits
without end: as many half-sent forms as there are threads would stop every page. So
fewer threads than there are may wait for bodies; one more is told to come again. A
waiting read cannot be given up from here: the server's own reader holds the whole
process until it ends. That is the proxy's part (`docs/deploying.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from outreach.wiring import Wiring

_SECONDS = 5


def register(app: Flask) -> None:
    """Let three of four threads wait for bodies, the pages' and the callbacks'."""
    wiring: Wiring = app.extensions["outreach"]
    readers = max(1, wiring.settings.web_threads * 3 // 4)
    patient = Patient(app.wsgi_app, readers)
    app.wsgi_app = patient.serve  # type: ignore[method-assign]


class Patient:
    """Middleware with so many readers at once."""

    def __init__(self, application: Callable[..., Any], readers: int) -> None:
        self._application = application
        self._free = BoundedSemaphore(readers)

    def serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI
        """Serve one request."""
        environ["wsgi.input"] = _Body(environ["wsgi.input"], self._free)
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


class _Body:
    """A request's body. Each read raises ServiceUnavailable where too many wait."""

    def __init__(self, stream: Any, free: BoundedSemaphore) -> None:  # noqa: ANN401
        self._stream = stream
        self._free = free

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes."""
        return self._within(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        """One line, or up to ``size`` bytes of it."""
        return self._within(self._stream.readline, size)

    def _within(self, call: Callable[[int], bytes], size: int) -> bytes:
        if not self._free.acquire(blocking=False):
            raise ServiceUnavailable(retry_after=_SECONDS)
        try:
            return call(size)
        finally:
            self._free.release()
