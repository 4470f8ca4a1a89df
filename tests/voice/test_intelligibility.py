"""Every bulletin is understood, in a quiet room and under a horn; `make test-voice`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("faster_whisper", reason="the recogniser is in `make test-voice`")

from voice.conftest import differences, through_a_horn, toneless

from audio.mastering.profiles import PROFILES
from audio.mastering.programme import Programme, Running
from audio.reading import read
from audio.voices import voice

pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("default"),
]
LIBRARY = json.loads(
    (Path(__file__).parents[2] / "campaigns/bulletins/library.json").read_text("utf-8")
)
# The library's sample number is all zeros, which sends any recogniser round in circles.
NUMBER = "零八三零，五二六，一二三四"
SAMPLE = LIBRARY["sample"] | {"phone_spoken": NUMBER, "duty_spoken": NUMBER}
PACE = 0.85
CLEAN, HORN, RUN = 0.10, 0.20, 2


def _filled(text):
    return re.sub(r"\$\{(\w+)\}", lambda found: SAMPLE[found[1]], text)


def _mastered(said, rate, folder):
    programme = Programme([said], rate, PROFILES["archive"], folder)
    bare = Running(repeats=1, chime=False, mark=False)
    whole = np.concatenate(list(programme.blocks(bare)))
    programme.close()
    return whole


@pytest.mark.parametrize("name", ["kokoro", "kokoro-male"])
@pytest.mark.parametrize("text", LIBRARY["texts"], ids=lambda text: text["id"])
def test_a_bulletin_is_understood(text, name, hear, tmp_path):
    speaker = voice(name)
    errors = {"clean": 0, "horn": 0}
    runs = {"clean": 0, "horn": 0}
    count, misheard = 0, []
    for clause in read(_filled(text["spoken"])).clauses(speaker.longest):
        sound = _mastered(speaker.speak(clause, PACE), speaker.rate, tmp_path)
        wanted = toneless(clause.text)
        count += len(wanted)
        for way, heard in (("clean", sound), ("horn", through_a_horn(sound, 44100))):
            syllables = hear(heard, 44100)
            wrong, run = differences(wanted, syllables)
            errors[way] += wrong
            runs[way] = max(runs[way], run)
            if wrong:
                misheard.append((way, clause.text, " ".join(syllables)))
    assert errors["clean"] <= CLEAN * count, misheard
    assert errors["horn"] <= HORN * count, misheard
    assert max(runs.values()) <= RUN, misheard
