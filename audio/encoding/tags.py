"""Titles that new and old players show: ID3v2.3 in UTF-16, ID3v1 in GBK."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says about itself; aigc is the label of synthetic sound, or empty."""

    title: str
    artist: str = ""
    album: str = ""
    aigc: str = ""


def aigc_label(producer: str, produce_id: str) -> str:
    """The implicit label of GB 45438-2025 as JSON: made by a machine, by whom, which.

    Source: 人工智能生成合成内容标识办法, in force since 2025-09-01.
    """
    return json.dumps(
        {
            "Label": "1",
            "ContentProducer": producer,
            "ProduceID": produce_id,
            "ReservedCode1": "",
            "ContentPropagator": producer,
            "PropagateID": produce_id,
            "ReservedCode2": "",
        },
        ensure_ascii=False,
    )


def id3v2(tags: Tags) -> bytes:
    """An ID3v2.3 tag with UTF-16 text and no picture: adapters read it all at once."""
    frames = b"".join(
        _text_frame(name, text)
        for name, text in (
            ("TIT2", tags.title),
            ("TPE1", tags.artist),
            ("TALB", tags.album),
        )
        if text
    )
    if tags.aigc:
        described = "AIGC".encode("utf-16") + b"\0\0" + tags.aigc.encode("utf-16")
        frames += _frame("TXXX", b"\x01" + described)
    size = len(frames)
    parts = [size >> shift & 0x7F for shift in (21, 14, 7, 0)]
    return b"ID3\x03\x00\x00" + bytes(parts) + frames


def id3v1(tags: Tags) -> bytes:
    """The 128 bytes at the end, in the code page of cheap players."""
    fields = (tags.title, tags.artist, tags.album)
    return b"TAG" + b"".join(_gbk(text) for text in fields) + bytes(4 + 30) + b"\xff"


def _gbk(text: str) -> bytes:
    """Thirty bytes, cut between characters."""
    coded = b""
    for character in text:
        more = character.encode("gbk", "replace")
        if len(coded) + len(more) > 30:  # noqa: PLR2004 - the field's width
            break
        coded += more
    return coded.ljust(30, b"\0")


def _text_frame(name: str, text: str) -> bytes:
    return _frame(name, b"\x01" + text.encode("utf-16"))


def _frame(name: str, body: bytes) -> bytes:
    return struct.pack(">4sIH", name.encode(), len(body), 0) + body
