"""Sound files and packs over HTTP: by ranges, and counted when the last byte left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast

from flask import Response, request, send_file

MP3 = "audio/mpeg"
WAV = "audio/wav"
ZIP = "application/zip"
_WHOLE, _PART = 200, 206


def served(path: Path, kind: str, *, save_as: str = "", print_: str = "") -> Response:
    """A file that players may ask for in ranges; ``print_`` identifies its content."""
    answer = send_file(
        path,
        mimetype=kind,
        as_attachment=bool(save_as),
        download_name=save_as or None,
        conditional=True,
        etag=print_ or True,
        max_age=0,
    )
    answer.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return answer


def counted(answer: Response, size: int, sent: Callable[[], None]) -> Response:
    """Call ``sent`` once the file's last byte has been handed to the connection.

    Opening a page, or a player that asks for the first bytes only, is no download.
    """
    stop = answer.content_range.stop if answer.status_code == _PART else size
    complete = answer.status_code in {_WHOLE, _PART} and stop == size
    if request.method == "GET" and complete:
        body = cast("Iterable[bytes]", answer.response)
        answer.direct_passthrough = False
        answer.response = _followed(body, sent)
    return answer


def _followed(body: Iterable[bytes], sent: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from body
        sent()
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
