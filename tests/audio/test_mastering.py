"""Loudness, peaks and tone are what the profile says, whatever goes in."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pyloudnorm
import pytest

from audio.mastering.chime import chime, synthetic_mark
from audio.mastering.loudness import Meter, integrated, measured
from audio.mastering.profiles import PROFILES
from audio.mastering.programme import Programme, Running

RATE = 24000
BARE = Running(repeats=1, chime=False, mark=False)
TWICE = Running(repeats=2, chime=False, mark=False)
WHOLE = Running(repeats=2, chime=True, mark=True)


def _speech(seconds=8.0, level=0.2, seed=1):
    """Noise bursts with the rhythm of syllables, 16-bit."""
    random = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    rhythm = np.maximum(0, np.sin(2 * np.pi * 2 * time)) * (np.sin(time * 1.3) > -0.6)
    tone = sum(np.sin(2 * np.pi * hz * time) / hz * 200 for hz in (180, 900, 2500))
    wave = level * rhythm * (tone + 0.1 * random.standard_normal(len(time)))
    return np.round(np.clip(wave, -1, 1) * 32767).astype(np.int16)


def _mastered(pieces, profile, folder, running=None):
    programme = Programme(pieces, RATE, profile, folder)
    sound = np.concatenate(list(programme.blocks(running or BARE)))
    programme.close()
    return sound


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_our_meter_agrees_with_another_one(rate):
    random = np.random.default_rng(2)
    wave = random.standard_normal(rate * 6) * 0.05
    wave[rate * 2 : rate * 4] *= 0.01
    ours = measured([wave.astype(np.float32)], rate).lufs
    theirs = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(wave)
    assert ours == pytest.approx(theirs, abs=0.1)


def test_a_full_tone_of_one_kilohertz_measures_three_below_full_scale():
    time = np.arange(48000 * 4) / 48000
    meter = measured([np.sin(2 * np.pi * 997 * time).astype(np.float32)], 48000)
    assert meter.lufs == pytest.approx(-3.01, abs=0.05)
    assert meter.true_peak_dbtp == pytest.approx(0.0, abs=0.05)


def test_a_peak_between_samples_is_heard():
    time = np.arange(4800)
    wave = np.sin(np.pi / 2 * time + np.pi / 4).astype(np.float32)
    meter = measured([wave], 48000)
    assert np.abs(wave).max() < 0.71
    assert meter.true_peak_dbtp == pytest.approx(0.0, abs=0.2)


def test_blocks_of_any_size_measure_the_same():
    wave = (_speech(4) / 32768).astype(np.float32)
    one = measured([wave], RATE)
    many = Meter(RATE)
    for start in range(0, len(wave), 777):
        many.hear(wave[start : start + 777])
    assert many.lufs == pytest.approx(one.lufs, abs=1e-6)
    assert many.true_peak_dbtp == pytest.approx(one.true_peak_dbtp, abs=0.05)


def test_silence_has_no_loudness():
    assert integrated(np.zeros(50)) == -70.0
    assert integrated(np.zeros(0)) == -70.0


@pytest.mark.parametrize("level", [0.003, 0.05, 0.9])
@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_profile_is_reached_from_any_level(name, level, tmp_path):
    profile = PROFILES[name]
    sound = _mastered([_speech(level=level)], profile, tmp_path)
    meter = measured([sound], profile.rate)
    assert meter.lufs == pytest.approx(profile.lufs, abs=0.5)
    assert meter.true_peak_dbtp <= profile.ceiling_dbtp + 0.6
    assert not list(tmp_path.iterdir())


def test_the_horn_gets_no_bass(tmp_path):
    time = np.arange(RATE * 6) / RATE
    wave = 0.2 * np.sin(2 * np.pi * 80 * time) + 0.2 * np.sin(2 * np.pi * 1000 * time)
    piece = np.round(wave * 32767).astype(np.int16)
    sound = _mastered([piece], PROFILES["archive"], tmp_path)
    power = np.abs(np.fft.rfft(sound[44100 : 44100 * 5]))
    hertz = np.fft.rfftfreq(44100 * 4, 1 / 44100)
    low = power[np.argmin(np.abs(hertz - 80))]
    middle = power[np.argmin(np.abs(hertz - 1000))]
    assert 20 * np.log10(low / middle) < -25


def test_a_click_does_not_break_the_ceiling(tmp_path):
    piece = _speech(level=0.05)
    piece[RATE * 3] = 32767
    piece[RATE * 3 + 1] = -32768
    sound = _mastered([piece], PROFILES["archive"], tmp_path)
    assert measured([sound], 44100).true_peak_dbtp <= -1.0


def test_the_same_pieces_give_the_same_samples(tmp_path):
    first = _mastered([_speech()], PROFILES["archive"], tmp_path)
    again = _mastered([_speech()], PROFILES["archive"], tmp_path)
    assert np.array_equal(first, again)


def test_a_programme_has_its_parts_in_order(tmp_path):
    programme = Programme([_speech(3)], RATE, PROFILES["archive"], tmp_path)
    whole = np.concatenate(list(programme.blocks(WHOLE)))
    bare = np.concatenate(list(programme.blocks(BARE)))
    programme.close()
    rate = 44100
    extra = len(whole) - 2 * (len(bare) - int(1.5 * rate)) - int(1.5 * rate)
    wanted = len(chime(rate, -16)) + len(synthetic_mark(rate, -16))
    assert extra == pytest.approx(wanted + int((0.5 + 1.5 + 0.8) * rate), abs=4)
    assert not np.any(whole[: int(0.5 * rate)])
    assert not np.any(whole[-int(1.0 * rate) :])


def test_the_readings_are_the_same(tmp_path):
    programme = Programme([_speech(3)], RATE, PROFILES["archive"], tmp_path)
    speech = int(programme.speech_seconds * 44100)
    whole = np.concatenate(list(programme.blocks(TWICE)))
    programme.close()
    start, gap = int(0.5 * 44100), int(1.5 * 44100)
    first = whole[start : start + speech]
    second = whole[start + speech + gap : start + 2 * speech + gap]
    assert np.corrcoef(first, second)[0, 1] > 0.99


def test_the_chime_is_two_equal_tones_and_short():
    sound = chime(44100, -16)
    half = len(sound) // 2
    assert len(sound) / 44100 <= 2.0
    assert np.allclose(sound[:half], sound[half:], atol=1e-6)


def test_the_mark_is_short_long_short_short():
    sound = np.pad(synthetic_mark(8000, -16), 400)
    loud = np.convolve(np.abs(sound), np.ones(80) / 80, "same") > 0.005
    edges = np.flatnonzero(np.diff(loud.astype(int)))
    lengths = (edges[1::2] - edges[::2]) / 8000
    assert len(lengths) == 4
    assert lengths[1] > 2 * lengths[0]
    assert lengths[2] == pytest.approx(lengths[0], abs=0.03)


def test_a_long_programme_needs_no_more_memory_than_a_short_one(tmp_path):
    def peak(minutes):
        tracemalloc.start()
        programme = Programme(
            (_speech(20, seed=n) for n in range(3 * minutes)),
            RATE,
            PROFILES["archive"],
            tmp_path,
        )
        for _ in programme.blocks(BARE):
            pass
        programme.close()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(2) < peak(1) + 12e6
