"""Every voice keeps the same promise; the ones from outside fail in time."""

from __future__ import annotations

import time
from importlib.util import find_spec

import numpy as np
import pytest
from pypinyin import Style
from pypinyin.constants import PINYIN_DICT
from pypinyin.style import convert

from audio.errors import Refused, VoiceFailed
from audio.reading import read
from audio.voices import VOICES, google, voice
from audio.voices.google import Google
from audio.voices.kokoro import STYLES, _tables, symbols


@pytest.fixture(autouse=True)
def _closed_breaker():
    google.close_breaker()
    yield
    google.close_breaker()


def _clause(text):
    (clause,) = read(text).clauses(100)
    return clause


@pytest.mark.parametrize("name", ["kokoro", "kokoro-male", "espeak", "tone"])
def test_a_voice_speaks_one_clause(name):
    if name == "espeak" and find_spec("espeakng_loader") is None:
        pytest.skip("the espeak extra is not installed")
    speaker = voice(name)
    said = speaker.speak(_clause("请出门戴口罩。"), 0.9)
    assert said.dtype == np.int16
    assert said.ndim == 1
    assert 1.0 < len(said) / speaker.rate < 4.0
    assert np.abs(said).max() > 3000
    edge = said[: speaker.rate // 100].astype(float)
    assert np.sqrt((edge**2).mean()) < 0.1 * np.abs(said).max()
    assert speaker.name == name


def test_a_slower_pace_takes_longer():
    speaker = voice("tone")
    slow, quick = (speaker.speak(_clause("出门戴口罩。"), pace) for pace in (0.7, 1.2))
    assert len(slow) > 1.3 * len(quick)


def test_kokoro_speaks_the_same_twice():
    speaker = voice("kokoro")
    clause = _clause("请开窗。")
    assert np.array_equal(speaker.speak(clause, 0.85), speaker.speak(clause, 0.85))


def test_each_style_has_an_identity_of_its_own():
    assert len({voice(name).identity for name in STYLES}) == len(STYLES)


def test_kokoro_has_a_sound_for_every_reading_of_the_dictionary():
    table, ids = _tables()
    common = [chr(code) for code in range(0x4E00, 0x9FA6)]
    missing = set()
    for character in common:
        for reading in PINYIN_DICT.get(ord(character), "").split(","):
            said = convert(reading, Style.TONE3, strict=True) if reading else ""
            said = said if not said or said[-1].isdigit() else said + "5"
            if said and said.replace("ü", "v") not in table:
                missing.add(said)
    assert not missing
    assert all(symbol in ids for said in table.values() for symbol in said)


def test_a_clause_too_long_for_the_model_is_refused():
    (clause,) = read("戴口罩" * 40).clauses(400)
    with pytest.raises(VoiceFailed, match="太长"):
        voice("kokoro").speak(clause, 0.85)


def test_punctuation_reaches_the_model():
    with_comma = symbols(_clause("发热，咳嗽。"))
    without = symbols(_clause("发热咳嗽。"))
    assert len(with_comma) == len(without) + 2


def test_an_unknown_voice_is_refused_with_the_known_ones():
    with pytest.raises(Refused) as failure:
        voice("siri")
    assert all(name in str(failure.value) for name in VOICES)


def test_google_gets_texts_of_at_most_a_hundred_characters_and_few_of_them():
    reading = read("请大家出门戴好口罩，回家先洗手。" * 19)
    packed = reading.clauses(Google.longest, packed=True)
    assert all(len(clause.text) <= 100 for clause in packed)
    assert len(packed) == 4


def test_a_refusal_opens_the_breaker_for_everybody():
    asked = []

    def refuse(text):
        asked.append(text)
        raise OSError("429 (Too Many Requests) from TTS API")

    with pytest.raises(VoiceFailed, match="429"):
        Google(refuse).speak(_clause("戴口罩。"), 1)
    with pytest.raises(VoiceFailed, match="一刻钟"):
        Google(refuse).speak(_clause("戴口罩。"), 1)
    assert len(asked) == 1


@pytest.mark.parametrize("content", [b"", b"x" * 5000])
def test_an_empty_or_broken_answer_is_asked_for_twice_and_then_given_up(content):
    asked = []

    def answer(text):
        asked.append(text)
        return content

    with pytest.raises(VoiceFailed):
        Google(answer).speak(_clause("戴口罩。"), 1)
    assert len(asked) == 2


def test_a_late_notice_is_given_up():
    late = Google(lambda _: b"")
    late._deadline = time.monotonic() + 1
    with pytest.raises(VoiceFailed, match="30"):
        late.speak(_clause("戴口罩。"), 1)
