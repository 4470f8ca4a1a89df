"""What is to be said, and how: the whole order for one clip."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

from audio.errors import Refused, mark

RECIPE = 1
"""Raised whenever the same script would sound different, so that old clips stay."""

PROFILES = ("loudspeaker", "loud", "platform", "phone", "archive")
SLOWEST, FASTEST = 0.6, 1.4
MOST_REPEATS = 5
LONGEST_TEXT = 5000

Chime = Literal["soft", "none"]


@dataclass(frozen=True, slots=True)
class Script:
    """One text with everything that decides how its clip sounds.

    pace is a factor on the voice's own speed (0.6 to 1.4; 0.85 suits a horn and old
    ears), repeats counts readings (1 to 5). recording is the id of an uploaded sound,
    needed by the voice "recorded" alone; dialect names its language. readings are the
    operator's own: pairs of a word and its pinyin or respelling.
    """

    text: str
    voice: str = "kokoro"
    pace: float = 0.85
    profile: str = "loudspeaker"
    chime: Chime = "soft"
    repeats: int = 2
    title: str = ""
    recording: str = ""
    dialect: str = "普通话"
    readings: tuple[tuple[str, str], ...] = ()

    def fingerprint(self) -> str:
        """Sixty-four hex digits: equal scripts have equal ones, others do not."""
        said = json.dumps(
            {"recipe": RECIPE, **asdict(self)}, ensure_ascii=False, sort_keys=True
        )
        return hashlib.sha256(said.encode()).hexdigest()

    def check(self) -> None:
        """Raise Refused, naming the setting that cannot be recorded."""
        if not self.text.strip():
            raise Refused(mark("没有文字可以读：请先写好广播稿。"))
        if len(self.text) > LONGEST_TEXT:
            raise Refused(
                mark("广播稿有 %(length)s 个字，最多 %(most)s 个字：请分成几条。"),
                length=len(self.text),
                most=LONGEST_TEXT,
            )
        if not SLOWEST <= self.pace <= FASTEST:
            raise Refused(
                mark("语速 %(pace)s 不行：请选 %(low)s 到 %(high)s 之间的数。"),
                pace=self.pace,
                low=SLOWEST,
                high=FASTEST,
            )
        if not 1 <= self.repeats <= MOST_REPEATS:
            raise Refused(
                mark("播 %(repeats)s 遍不行：请选 1 到 %(most)s 遍。"),
                repeats=self.repeats,
                most=MOST_REPEATS,
            )
        if self.profile not in PROFILES:
            raise Refused(
                mark("没有“%(profile)s”这种用途，可选：%(known)s。"),
                profile=self.profile,
                known="、".join(PROFILES),
            )
        if self.chime not in ("soft", "none"):
            raise Refused(
                mark("没有“%(chime)s”这种提示音：请选 soft 或 none。"), chime=self.chime
            )


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch that is spoken in one breath and kept in the cache as one sound.

    sounds are syllables in pinyin with a tone digit ("zhang3", neutral 5, ü as v) and
    punctuation marks; pause is the silence after it in seconds.
    """

    text: str
    sounds: tuple[str, ...]
    pause: float

    @property
    def syllables(self) -> tuple[str, ...]:
        """The sounds without the punctuation."""
        return tuple(sound for sound in self.sounds if sound[-1].isdigit())
