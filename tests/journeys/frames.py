"""MP3 frame headers read by hand, so that no decoder's kindness hides a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MPEG_1, _LAYER_3, _MONO = 3, 1, 3
_RATES = (44_100, 48_000, 32_000)
_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_ID3V1 = 128
SAMPLES = 1152


@dataclass(frozen=True)
class Frame:
    version: int
    layer: int
    kbits: int
    rate: int
    mono: bool


def frames(path: Path) -> list[Frame]:
    """Every frame; fails where bytes between the tags belong to none."""
    sound = _without_tags(path.read_bytes())
    return list(_frames(sound))


def _frames(sound: bytes) -> Iterator[Frame]:
    at = 0
    while at < len(sound):
        head = int.from_bytes(sound[at : at + 4])
        assert head >> 21 == 0x7FF, f"no frame at byte {at} of {len(sound)}"
        rate, kbits = _RATES[head >> 10 & 3], _KBITS[head >> 12 & 15]
        yield Frame(
            version=head >> 19 & 3,
            layer=head >> 17 & 3,
            kbits=kbits,
            rate=rate,
            mono=head >> 6 & 3 == _MONO,
        )
        at += 144 * kbits * 1000 // rate + (head >> 9 & 1)
    assert at == len(sound), "the last frame is cut off"


def _without_tags(file: bytes) -> bytes:
    if file[:3] == b"ID3":
        size = 0
        for byte in file[6:10]:
            size = size << 7 | byte
        file = file[10 + size :]
    return file[:-_ID3V1] if file[-_ID3V1:][:3] == b"TAG" else file


LOUDSPEAKER = Frame(_MPEG_1, _LAYER_3, 128, 44_100, mono=True)
"""What every player in every village can play."""
