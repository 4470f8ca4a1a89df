"""A person's own recording, taken through the same mastering as a voice."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from audio.encoding.decoding import decoded, sample_rate
from audio.errors import Refused, Unreadable, mark
from audio.speech import Speech

if TYPE_CHECKING:
    from pathlib import Path

    from audio.reading import Reading
    from audio.script import Clause
    from audio.voices.voice import Sound

SHORTEST_SECONDS, LONGEST_SECONDS = 2.0, 600.0
_QUIETEST = 0.001


@dataclass(slots=True)
class Person:
    """Whoever spoke into the telephone; stands where a machine's voice would."""

    identity: str
    name: str = "recorded"
    longest: int = 0
    rate: int = 48000
    foreign: bool = False
    last_resort: bool = False
    packed: bool = False

    def speak(self, clause: Clause, pace: float) -> Sound:
        """A recording speaks only as a whole."""
        raise NotImplementedError


def check_upload(upload: bytes, name: str, room: Path) -> None:
    """Raise Unreadable or Refused for what cannot be put on a loudspeaker.

    Decodes all of it: no sound, cut short, under 2 s, over 10 min, or silent.
    """
    path = room / "upload"
    path.write_bytes(upload)
    blocks, rate = _sound(path, name, room)
    seconds = sum(len(block) for block in blocks) / rate
    loudest = max((float(np.abs(block).max()) for block in blocks), default=0.0)
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise Refused(
            mark("“%(name)s”长 %(seconds)s 秒：录音要在 %(low)s 到 %(high)s 秒之间。"),
            name=name,
            seconds=round(seconds, 1),
            low=int(SHORTEST_SECONDS),
            high=int(LONGEST_SECONDS),
        )
    if loudest < _QUIETEST:
        raise Refused(mark("“%(name)s”里听不到声音：请重新录一次。"), name=name)


def recorded(path: Path, room: Path, reading: Reading) -> Speech:
    """A kept upload as one reading of its text, silence at both ends trimmed."""
    if not path.is_file():
        raise Refused(mark("找不到这段录音：请重新上传。"))
    blocks, rate = _sound(path, path.name[:12], room)
    whole = np.concatenate(blocks)
    loud = np.flatnonzero(np.abs(whole) > float(np.abs(whole).max()) / 30)
    edge = rate // 10
    whole = whole[max(0, int(loud[0]) - edge) : int(loud[-1]) + edge]
    samples = np.clip(np.round(whole * 32767), -32768, 32767).astype(np.int16)
    syllables = sum(sound[-1].isdigit() for sound in reading.sounds)
    return Speech(Person(f"upload/{path.name}"), (samples,), rate, syllables, 1)


def _sound(path: Path, name: str, room: Path) -> tuple[list[np.ndarray], int]:
    """Everything that is in the file, and its rate."""
    if path.read_bytes()[4:8] == b"ftyp":
        path = _from_m4a(path, name, room)
    _check_whole(path, name)
    return list(decoded(path, name)), sample_rate(path, name)


def _from_m4a(path: Path, name: str, room: Path) -> Path:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise Unreadable(
            mark(
                "“%(name)s”是 M4A 录音，这台机器不能解码：请转成 MP3 或 WAV 再上传，"
                "或请管理员安装 ffmpeg。"
            ),
            name=name,
        )
    target = room / "decoded.wav"
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell, our own paths
        [
            ffmpeg,
            *("-nostdin", "-v", "error", "-xerror", "-i", str(path)),
            *("-t", str(LONGEST_SECONDS + 1), "-ac", "1", "-y", str(target)),
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )
    if done.returncode or not target.is_file():
        raise Unreadable(mark("“%(name)s”不完整或已损坏：请重新上传。"), name=name)
    return target


def _check_whole(path: Path, name: str) -> None:
    """A file that ends before its own header says is cut short.

    WAV tells its length; an MP3 of constant bit rate ends with a whole frame.
    """
    content = path.read_bytes()
    short = False
    if content[:4] == b"RIFF":
        short = int.from_bytes(content[4:8], "little") + 8 > len(content) + 1
    elif content[:3] == b"ID3" or content[:1] == b"\xff":
        short = _ends_inside_a_frame(content)
    if short:
        raise Unreadable(mark("“%(name)s”不完整或已损坏：请重新上传。"), name=name)


_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _ends_inside_a_frame(content: bytes) -> bool:
    at = 0
    if content[:3] == b"ID3":
        parts = content[6:10]
        at = 10 + sum(
            part << shift for part, shift in zip(parts, (21, 14, 7, 0), strict=True)
        )
    end = len(content) - (128 if content[-128:-125] == b"TAG" else 0)
    while at + 4 <= end:
        size = _frame_size(content[at : at + 4])
        if size is None:
            return False
        if at + size > end:
            return True
        at += size
    return False


def _frame_size(header: bytes) -> int | None:
    """Bytes of one Layer III frame, or None where there is no frame header."""
    version = header[1] >> 3 & 3
    if header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or version == 1:  # noqa: PLR2004
        return None
    if header[1] >> 1 & 3 != 1:
        return None
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if bitrate in (0, 15) or rate == 3:  # noqa: PLR2004
        return None
    kbit = _BITRATES[3 if version == 3 else 2][bitrate]  # noqa: PLR2004
    slots = 144000 if version == 3 else 72000  # noqa: PLR2004
    return slots * kbit // _RATES[version][rate] + (header[2] >> 1 & 1)
