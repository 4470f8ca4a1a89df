"""What a machine can vouch for in a finished clip; a person still has to listen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audio.mastering.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio.clip import SoundFile
    from audio.script import Script

_SLOWEST, _FASTEST = 1.8, 6.5
_LOUDNESS_LU, _LOUD_LU = 0.5, 1.0


def checks(
    script: Script, syllables: int, seconds: float, files: Sequence[SoundFile]
) -> list[dict[str, Any]]:
    """What a machine can vouch for; the first four have refused the text otherwise."""
    profile = PROFILES[script.profile]
    wanted = profile.lufs + profile.codec_db
    rate = syllables / max(seconds, 0.1)
    worst = max(abs(file.lufs - wanted) for file in files)
    peak = max(file.true_peak_dbtp for file in files)
    return [
        {"name": "characters_read", "passed": True},
        {"name": "numbers_said", "passed": True},
        {"name": "negations_said", "passed": True},
        {"name": "no_personal_data", "passed": True},
        {
            "name": "duration_plausible",
            "passed": _SLOWEST <= rate <= _FASTEST,
            "syllables_a_second": round(rate, 2),
        },
        {
            "name": "loudness",
            "passed": worst <= (_LOUD_LU if profile.name == "loud" else _LOUDNESS_LU),
            "off_by_lu": round(worst, 2),
        },
        {
            "name": "true_peak",
            "passed": peak <= profile.decoded_ceiling_dbtp,
            "dbtp": peak,
        },
    ]
