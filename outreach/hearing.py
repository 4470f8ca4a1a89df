"""An HTTP/1.1 answer, put together from the pieces in which it comes.

A general client spends more time on one answer than all the rest of a message takes.
What is read here is what carriers send; anything else is no answer, and leaves doubt.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass

_LONGEST_HEAD = 64 * 1024
_LONGEST_BODY = 4 * 1024 * 1024
"""A full page of a carrier's ledger has a megabyte at most."""

_BLANK = b"\r\n\r\n"
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-5]\d\d)(?: |$)")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BARE = (204, 304)
_FINAL = 200
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{1,8}")

Piece = Generator[None, bytes, bytes]


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


def hearing() -> Generator[None, bytes, Heard]:
    """Take the pieces of one answer, an empty one at the end of the connection.

    Begin it with ``next``. Raises Unreadable, without a word of what was read.
    """
    read = yield from _more()
    status, headers, read, newer = yield from _head(read)
    while status < _FINAL:
        # 100 and 103 announce an answer and are none.
        status, headers, read, newer = yield from _head(read)
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    kept = newer and "close" not in headers.get("connection", "").lower()
    if status in _BARE:
        body = b""
    elif coding is not None:
        if coding.lower() != "chunked":
            raise Unreadable("transfer coding")
        body, read = yield from _chunks(read)
        kept = kept and length is None
    elif length is not None:
        if not (length.isascii() and length.isdecimal()):
            raise Unreadable("length")
        body, read = yield from _exactly(int(length), read)
    else:
        body, read, kept = (yield from _all(read)), b"", False
    return Heard(status, body, headers, kept and not read)


_Head = tuple[int, dict[str, str], bytes, bool]


def _head(read: bytes) -> Generator[None, bytes, _Head]:
    head, rest = yield from _until(_BLANK, read)
    first, *lines = head.decode("latin-1").split("\r\n")
    status = _STATUS.match(first)
    if status is None:
        raise Unreadable("status line")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise Unreadable("header")
        name, value = name.lower(), value.strip(" \t")
        # Repeated ones are a list; two lengths become none that can be read.
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return int(status[2]), headers, rest, status[1] == "1"


def _chunks(read: bytes) -> Generator[None, bytes, tuple[bytes, bytes]]:
    whole = bytearray()
    while True:
        line, read = yield from _until(b"\r\n", read)
        size = _HEXADECIMAL.fullmatch(line.partition(b";")[0].strip())
        if size is None:
            raise Unreadable("chunk")
        length = int(size[0], 16)
        if not length:
            break
        if len(whole) + length > _LONGEST_BODY:
            raise Unreadable("too long")
        piece, read = yield from _exactly(length + 2, read)
        if not piece.endswith(b"\r\n"):
            raise Unreadable("chunk")
        whole += piece[:-2]
    while line:
        # Trailers, up to the empty line; nobody here asks for any.
        line, read = yield from _until(b"\r\n", read)
        if line and len(whole) + len(read) > _LONGEST_BODY:
            raise Unreadable("too long")
    return bytes(whole), read


def _until(mark: bytes, read: bytes) -> Generator[None, bytes, tuple[bytes, bytes]]:
    """What stands before ``mark``, and what stands after it."""
    at = read.find(mark)
    while at < 0:
        if len(read) > _LONGEST_HEAD:
            raise Unreadable("too long")
        read += yield from _more()
        at = read.find(mark)
    return read[:at], read[at + len(mark) :]


def _exactly(length: int, read: bytes) -> Generator[None, bytes, tuple[bytes, bytes]]:
    if length > _LONGEST_BODY + 2:
        raise Unreadable("too long")
    if len(read) < length:
        pieces, missing = [read], length - len(read)
        while missing > 0:
            pieces.append((yield from _more()))
            missing -= len(pieces[-1])
        read = b"".join(pieces)
    return read[:length], read[length:]


def _all(read: bytes) -> Piece:
    """Everything up to the end of the connection."""
    pieces, length = [read], len(read)
    while piece := (yield):
        pieces.append(piece)
        length += len(piece)
        if length > _LONGEST_BODY:
            raise Unreadable("too long")
    return b"".join(pieces)


def _more() -> Piece:
    piece = yield
    if not piece:
        raise Unreadable("cut off")
    return piece
