"""Files that the oldest player takes, and that say what they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from audio.encoding import sink
from audio.encoding.decoding import decoded
from audio.encoding.tags import Tags, aigc_label, id3v1, id3v2
from audio.errors import Unreadable

TAGS = Tags("高温防暑", "合江县残联", aigc=aigc_label("合江县残联", "abc"))


def _tone(rate, seconds=2.0):
    time = np.arange(int(rate * seconds)) / rate
    return np.round(np.sin(2 * np.pi * 700 * time) * 12000).astype(np.int16)


def _written(path, codec, rate):
    file = sink(path, codec, rate, TAGS)
    file.write(_tone(rate)[:5000])
    file.write(_tone(rate)[5000:])
    file.close()
    return path


def _frames(content):
    """Header of each MP3 frame, by the standard's table for MPEG-1 Layer III."""
    at = 10 + sum(
        part << shift for part, shift in zip(content[6:10], (21, 14, 7, 0), strict=True)
    )
    while at + 4 <= len(content) - 128:
        header = int.from_bytes(content[at : at + 4])
        yield header, content[at : at + 417]
        at += 144000 * 128 // 44100 + (header >> 9 & 1)


def test_the_mp3_is_mpeg_1_mono_at_a_constant_128(tmp_path):
    content = _written(tmp_path / "a.mp3", "mp3", 44100).read_bytes()
    headers = [header for header, _ in _frames(content)]
    assert len(headers) > 70
    for header in headers:
        assert header >> 21 == 0x7FF, "not a frame"
        assert header >> 19 & 3 == 3, "not MPEG-1"
        assert header >> 17 & 3 == 1, "not Layer III"
        assert header >> 12 & 15 == 9, "not 128 kbit/s"
        assert header >> 10 & 3 == 0, "not 44.1 kHz"
        assert header >> 6 & 3 == 3, "not mono"


def test_the_mp3_has_no_xing_frame(tmp_path):
    content = _written(tmp_path / "a.mp3", "mp3", 44100).read_bytes()
    _, first = next(_frames(content))
    assert b"Xing" not in first
    assert b"Info" not in first


def test_new_players_show_the_chinese_title():
    tag = id3v2(TAGS)
    assert tag[:4] == b"ID3\x03"
    assert "高温防暑".encode("utf-16") in tag
    assert len(tag) < 2000


def test_old_players_show_it_too():
    tag = id3v1(TAGS)
    assert len(tag) == 128
    assert tag[:3] == b"TAG"
    assert tag[3:33].rstrip(b"\0").decode("gbk") == "高温防暑"


def test_a_long_title_is_not_cut_inside_a_character():
    tag = id3v1(Tags("一" * 14 + "ab" + "二" * 9))
    assert tag[3:33].rstrip(b"\0").decode("gbk") == "一" * 14 + "ab"


def test_the_label_of_synthetic_speech_is_in_every_file(tmp_path):
    assert json.loads(TAGS.aigc)["Label"] == "1"
    mp3 = _written(tmp_path / "a.mp3", "mp3", 44100).read_bytes()
    wav = _written(tmp_path / "a.wav", "pcm16", 44100).read_bytes()
    assert "ContentProducer".encode("utf-16-le") in mp3
    assert b"ContentProducer" in wav


@pytest.mark.parametrize(
    ("codec", "subtype", "rate"),
    [("pcm16", "PCM_16", 48000), ("alaw", "ALAW", 8000), ("ulaw", "ULAW", 8000)],
)
def test_another_reader_hears_the_same(codec, subtype, rate, tmp_path):
    path = _written(tmp_path / "a.wav", codec, rate)
    heard, at = soundfile.read(path, dtype="int16")
    assert soundfile.info(path).subtype == subtype
    assert (at, len(heard)) == (rate, rate * 2)
    worst = np.abs(heard.astype(int) - _tone(rate)).max()
    assert worst <= (0 if codec == "pcm16" else 520)


def test_no_more_is_heard_than_an_mp3_holds(tmp_path):
    """Headers promise whole files of frames, tags included; the rest was never said."""
    path = _written(tmp_path / "声音.mp3", "mp3", 44100)
    heard = np.concatenate(list(decoded(path)))
    frames = sum(1 for _ in _frames(path.read_bytes()))
    assert len(heard) <= frames * 1152 < soundfile.info(str(path)).frames
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() < 0.5


def test_our_laws_are_another_writers_laws(tmp_path):
    ramp = np.arange(-32768, 32767, 3).astype(np.int16)
    for codec, subtype in (("alaw", "ALAW"), ("ulaw", "ULAW")):
        file = sink(tmp_path / f"{codec}.wav", codec, 8000, TAGS)
        file.write(ramp)
        file.close()
        soundfile.write(tmp_path / f"{subtype}.wav", ramp, 8000, subtype=subtype)
        ours, _ = soundfile.read(tmp_path / f"{codec}.wav", dtype="int16")
        theirs, _ = soundfile.read(tmp_path / f"{subtype}.wav", dtype="int16")
        off = np.abs(ours.astype(int) - ramp)
        assert off.max() <= np.abs(theirs.astype(int) - ramp).max() + 260


def test_a_file_is_never_written_over(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"older")
    with pytest.raises(FileExistsError):
        sink(tmp_path / "a.mp3", "mp3", 44100, TAGS)


def test_what_is_no_sound_says_so(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"no sound at all" * 100)
    with pytest.raises(Unreadable, match=r"a\.mp3"):
        list(decoded(tmp_path / "a.mp3"))
