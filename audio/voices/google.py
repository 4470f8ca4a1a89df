"""Google's voice through gTTS: chosen by name, never relied on.

The endpoint is undocumented, blocks whoever asks too often, and cannot be reached from
mainland China; the text leaves the country. So: few requests, short time-outs, a
breaker, and another voice for the whole text when it fails.
"""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from audio.errors import VoiceFailed, mark
from audio.voices.trimming import trimmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.script import Clause
    from audio.voices.voice import Sound

RATE = 24000
CONNECT_SECONDS, READ_SECONDS = 3, 8
NOTICE_SECONDS = 30.0
BREAKER_SECONDS = 15 * 60.0
BETWEEN_SECONDS = 0.7
_TRIES = 2
_SMALLEST_BYTES = 1000

_state = threading.Lock()
_open_until = 0.0
_next_at = 0.0


class Google:
    """One instance a notice: its thirty seconds begin when it is made."""

    name = "google"
    identity = "google-translate/zh-CN"
    longest = 100
    rate = RATE
    foreign = True
    last_resort = False
    packed = True

    def __init__(self, fetch: Callable[[str], bytes] | None = None) -> None:
        self._fetch = fetch or _fetched
        self._deadline = time.monotonic() + NOTICE_SECONDS

    def speak(self, clause: Clause, pace: float) -> Sound:
        """16-bit mono at 24 kHz; Google has one pace, so pace is not used.

        Raises VoiceFailed: refused, unreachable, late, or the breaker is open for a
        quarter of an hour after such a failure.
        """
        del pace
        for last in [*[False] * (_TRIES - 1), True]:
            self._wait()
            try:
                return _samples(self._fetch(clause.text))
            # requests, gTTS and soundfile share no base class; all mean the same here.
            except Exception as error:
                if last or _hopeless(error):
                    _open_breaker()
                    raise VoiceFailed(
                        mark("谷歌语音不可用（%(reason)s）。"), reason=_short(error)
                    ) from error
        raise AssertionError

    def _wait(self) -> None:
        """Until our turn in this process; never past the notice's deadline."""
        global _next_at  # noqa: PLW0603 - one line to one endpoint
        with _state:
            now = time.monotonic()
            if now < _open_until:
                raise VoiceFailed(mark("谷歌语音刚刚不可用，过一刻钟再试。"))
            start = max(now, _next_at)
            if start + READ_SECONDS > self._deadline:
                raise VoiceFailed(
                    mark("谷歌语音太慢，超过了 %(seconds)s 秒。"),
                    seconds=int(NOTICE_SECONDS),
                )
            _next_at = start + BETWEEN_SECONDS
        time.sleep(max(0.0, start - now))


def _fetched(text: str) -> bytes:
    from gtts import gTTS  # noqa: PLC0415 - brings requests

    into = io.BytesIO()
    gTTS(
        text,
        lang="zh-CN",
        lang_check=False,
        pre_processor_funcs=[],
        tokenizer_func=lambda whole: [whole],
        timeout=(CONNECT_SECONDS, READ_SECONDS),
    ).write_to_fp(into)
    return into.getvalue()


def _samples(content: bytes) -> Sound:
    """Decoded in memory: a half-fetched file is never on disk."""
    import soundfile  # noqa: PLC0415
    import soxr  # noqa: PLC0415

    if len(content) < _SMALLEST_BYTES:
        raise ValueError(f"{len(content)} bytes")
    wave, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    whole: np.ndarray[Any, np.dtype[np.float32]] = soxr.resample(
        wave.mean(axis=1), rate, RATE
    )
    return trimmed(whole, RATE)


def _hopeless(error: Exception) -> bool:
    """Asking again at once cannot help: blocked, or no way there."""
    said = str(error)
    return any(sign in said for sign in ("429", "403", "404", "Failed to connect"))


def _short(error: Exception) -> str:
    return str(error).split(". ")[0][:80] or type(error).__name__


def _open_breaker() -> None:
    global _open_until  # noqa: PLW0603 - shared by all notices of the process
    with _state:
        _open_until = time.monotonic() + BREAKER_SECONDS


def close_breaker() -> None:
    """Let the next notice try again at once."""
    global _open_until  # noqa: PLW0603
    with _state:
        _open_until = 0.0
