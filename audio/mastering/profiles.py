"""Where a clip will be heard, and what that asks of the sound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of listening.

    rate in samples a second, loudness in LUFS, ceiling in dBTP before encoding;
    files are (name, codec), the first one is what people play.
    """

    name: str
    rate: int
    lufs: float
    ceiling_dbtp: float
    highpass_hz: float
    lowpass_hz: float
    presence_hz: float
    presence_db: float
    box_db: float
    files: tuple[tuple[str, str], ...]
    codec_db: float = 0.0
    decoded_ceiling_dbtp: float = -1.0


_HORN = (200.0, 9000.0, 3000.0, 4.0, -2.0)
_LAME = -0.44
"""LAME multiplies by 0.95 before it encodes; the decoded file is that much softer."""

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "loudspeaker",
            44100,
            -16.0,
            -2.0,
            *_HORN,
            (("loudspeaker.mp3", "mp3"),),
            _LAME,
        ),
        Profile("loud", 44100, -13.0, -2.0, *_HORN, (("loud.mp3", "mp3"),), _LAME),
        Profile("platform", 48000, -24.0, -2.0, *_HORN, (("platform.wav", "pcm16"),)),
        Profile("archive", 44100, -16.0, -2.0, *_HORN, (("archive.wav", "pcm16"),)),
        Profile(
            "phone",
            8000,
            -19.0,
            -3.0,
            300.0,
            3400.0,
            2400.0,
            3.0,
            -2.0,
            (
                ("phone-alaw.wav", "alaw"),
                ("phone-ulaw.wav", "ulaw"),
                ("phone.wav", "pcm16"),
            ),
        ),
    )
}
"""By name. Exchanges in China use A-law, so it comes first."""
