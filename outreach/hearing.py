"""An HTTP/1.1 answer, put together from the pieces in which it comes.

httptools reads it; a whole client around that would cost twice as much for a message.
What is no answer, or has no end, is an error: who asked is left in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from httptools import HttpParserError, HttpResponseParser

_LONGEST_HEAD = 64 * 1024
_LONGEST = 4 * 1024 * 1024
"""Bytes of one answer; a full page of a carrier's ledger has a megabyte at most."""

_VERSIONS = ("1.0", "1.1")
_STATUSES = range(100, 600)
_FINAL = 200


class Unreadable(OSError):
    """What came is no whole answer, or larger than an answer may be."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, whole; names of ``headers`` are in small letters.

    ``kept`` says whether its connection takes another request.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    kept: bool = False


class Hearing:
    """One answer that is still coming; it is the parser's protocol too."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._taken = 0
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._headed = self._followed = False
        self._whole: Heard | None = None

    def take(self, piece: bytes) -> Heard | None:
        """The answer where ``piece`` ends it. Raises Unreadable.

        An error never holds a word of what was read: a number may be in it.
        """
        try:
            self._parser.feed_data(piece)
        except HttpParserError:
            if self._whole is None:
                raise Unreadable("no answer of HTTP") from None
            self._followed = True
        self._taken += len(piece)
        if self._taken > (_LONGEST if self._headed else _LONGEST_HEAD):
            raise Unreadable("too long")
        if self._whole and self._followed:
            # What nobody asked for would pass for the next one's answer.
            return replace(self._whole, kept=False)
        return self._whole

    def end(self) -> Heard:
        """The answer that the end of its connection ends. Raises Unreadable."""
        measured = {"content-length", "transfer-encoding"} & self._headers.keys()
        if not self._headed or measured:
            raise Unreadable("cut off")
        return self._heard(kept=False)

    def on_message_begin(self) -> None:
        """Another answer begins after this one, or this one."""
        self._followed = self._whole is not None

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; repeated ones are a list."""
        known, said = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        if known in self._headers:
            said = f"{self._headers[known]}, {said}"
        self._headers[known] = said

    def on_headers_complete(self) -> None:
        """Refuse what no carrier sends."""
        status = self._parser.get_status_code()
        coding = self._headers.get("transfer-encoding", "chunked").lower()
        known = self._parser.get_http_version() in _VERSIONS and coding == "chunked"
        if not known or status not in _STATUSES:
            raise ValueError(status)
        self._headed = status >= _FINAL

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body."""
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """See the end; 100 and 103 announce an answer and are none."""
        if not self._headed:
            self._headers.clear()
        elif self._whole is None:
            self._whole = self._heard(kept=self._parser.should_keep_alive())

    def _heard(self, *, kept: bool) -> Heard:
        status, body = self._parser.get_status_code(), b"".join(self._body)
        return Heard(status, body, dict(self._headers), kept)
