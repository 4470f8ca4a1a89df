"""eSpeak NG from a wheel: understood by few in Mandarin, better than silence.

The library is GPL-3, therefore an extra, and it keeps global state: it runs in a
process of its own, apart from ours.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from audio.errors import VoiceFailed, mark
from audio.voices.trimming import trimmed

if TYPE_CHECKING:
    from audio.script import Clause
    from audio.voices.voice import Sound

RATE = 22050
_WORDS_A_MINUTE = 165
_SECONDS = 30

_SPEAK = """
import ctypes, sys, espeakng_loader
lib = ctypes.CDLL(espeakng_loader.get_library_path())
data = espeakng_loader.get_data_path().encode()
rate = lib.espeak_Initialize(2, 0, data, 0)
form = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
def take(samples, count, events):
    if samples and count > 0:
        sys.stdout.buffer.write(ctypes.string_at(samples, count * 2))
    return 0
keep = form(take)
lib.espeak_SetSynthCallback(keep)
if rate != 22050 or lib.espeak_SetVoiceByName(b"cmn"):
    sys.exit(3)
lib.espeak_SetParameter(1, int(sys.argv[1]), 0)
text = sys.stdin.buffer.read()
lib.espeak_Synth(text, len(text) + 1, 0, 0, 0, 1, None, None)
lib.espeak_Synchronize()
"""


class Espeak:
    """Marked as a last resort: a person must have listened before it is played."""

    name = "espeak"
    identity = "espeak-ng/cmn"
    longest = 60
    rate = RATE
    foreign = False
    last_resort = True
    packed = False

    def speak(self, clause: Clause, pace: float) -> Sound:
        """16-bit mono at 22.05 kHz. Raises VoiceFailed where the extra is missing."""
        if find_spec("espeakng_loader") is None:
            raise VoiceFailed(mark("没有装备用语音：请安装 outreach[espeak]。"))
        done = subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", _SPEAK, str(round(_WORDS_A_MINUTE * pace))],
            input=clause.text.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        samples = np.frombuffer(done.stdout, "<i2").astype(np.float32) / np.float32(
            32768
        )
        if done.returncode or not samples.any():
            raise VoiceFailed(mark("备用语音读不出“%(text)s”。"), text=clause.text)
        return trimmed(samples, RATE)
