"""The voices that can be asked for by name; each is loaded when it first speaks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from audio.errors import Refused, mark

if TYPE_CHECKING:
    from audio.voices.voice import Voice

RECORDED = "recorded"
"""A person's own recording: not spoken here, but mastered like the others."""

VOICES = {
    "kokoro": ("audio.voices.kokoro", "Kokoro"),
    "kokoro-male": ("audio.voices.kokoro", "Kokoro"),
    "google": ("audio.voices.google", "Google"),
    "espeak": ("audio.voices.espeak", "Espeak"),
    "tone": ("audio.voices.tone", "Tone"),
}


def voice(name: str, threads: int = 2) -> Voice:
    """The voice of that name; threads matter to the neural ones alone.

    Raises Refused for a name nobody has.
    """
    if name not in VOICES:
        raise Refused(
            mark("没有“%(name)s”这个声音，可选：%(known)s。"),
            name=name,
            known="、".join([*VOICES, RECORDED]),
        )
    module, kind = VOICES[name]
    maker = getattr(import_module(module), kind)
    if kind == "Kokoro":
        return cast("Voice", maker(name, threads))
    return cast("Voice", maker())
