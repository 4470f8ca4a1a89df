"""A clerk's own recording goes the same way, or is refused in one sentence."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from audio import Script, Studio
from audio.errors import Refused, Unreadable

RATE = 22050


def _voice(seconds=4.0):
    time = np.arange(int(seconds * RATE)) / RATE
    rhythm = np.maximum(0, np.sin(2 * np.pi * 2 * time))
    tone = sum(np.sin(2 * np.pi * hz * time) / n for n, hz in ((1, 300), (2, 1500)))
    return (0.1 * rhythm * tone).astype(np.float32)


def _upload(kind="WAV", seconds=4.0, subtype=None):
    into = io.BytesIO()
    soundfile.write(into, _voice(seconds), RATE, format=kind, subtype=subtype)
    return into.getvalue()


@pytest.fixture
def studio(tmp_path):
    return Studio(tmp_path)


@pytest.mark.parametrize("kind", ["WAV", "MP3", "OGG", "FLAC"])
def test_an_upload_becomes_a_clip_like_any_other(kind, studio):
    kept = studio.keep_recording(_upload(kind), f"通知.{kind.lower()}")
    clip = studio.record(
        Script(
            "各位乡亲，记得戴口罩。",
            voice="recorded",
            recording=kept,
            dialect="四川话",
            repeats=2,
        )
    )
    assert clip.lufs == pytest.approx(-16.5, abs=0.5)
    assert clip.true_peak_dbtp <= -1.0
    assert clip.manifest["voice"]["used"] == "recorded"
    assert clip.manifest["voice"]["dialect"] == "四川话"
    assert clip.manifest["aigc"] == ""


def test_an_m4a_is_taken_where_ffmpeg_is(studio, tmp_path):
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    (tmp_path / "a.wav").write_bytes(_upload())
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", tmp_path / "a.wav", tmp_path / "a.m4a"],
        check=True,
    )
    whole = (tmp_path / "a.m4a").read_bytes()
    assert studio.keep_recording(whole, "a.m4a")
    with pytest.raises(Unreadable):
        studio.keep_recording(whole[: len(whole) // 2], "a.m4a")


def test_an_m4a_without_ffmpeg_says_what_to_do(studio, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Unreadable, match="MP3 或 WAV"):
        studio.keep_recording(b"\0\0\0\x20ftypM4A " + bytes(4000), "a.m4a")


@pytest.mark.parametrize("kind", ["WAV", "MP3", "OGG", "FLAC"])
def test_an_upload_cut_short_is_refused(kind, studio):
    whole = _upload(kind)
    with pytest.raises((Unreadable, Refused), match=r"a\.x"):
        studio.keep_recording(whole[: len(whole) * 2 // 3 + 7], "a.x")
    assert not list((studio.store.folder / "recordings").iterdir())


@pytest.mark.parametrize(
    ("upload", "kind"),
    [
        (b"", Unreadable),
        (b"PK\x03\x04" + bytes(5000), Unreadable),
        ("第一行\n".encode() * 500, Unreadable),
        (bytes(100_000), Unreadable),
        (b"\xff\xfb" + bytes(5000), Unreadable),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", Unreadable),
    ],
)
def test_what_is_no_recording_is_refused(upload, kind, studio):
    with pytest.raises(kind):
        studio.keep_recording(upload, "notice.bin")
    assert not list((studio.store.folder / "recordings").iterdir())
    assert not list((studio.store.folder / "work").iterdir())


def test_silence_and_a_slip_of_the_finger_are_refused(studio):
    into = io.BytesIO()
    soundfile.write(into, np.zeros(RATE * 5), RATE, format="WAV")
    with pytest.raises(Refused, match="听不到"):
        studio.keep_recording(into.getvalue(), "a.wav")
    with pytest.raises(Refused, match="秒"):
        studio.keep_recording(_upload(seconds=0.5), "a.wav")


def test_the_text_beside_a_recording_is_checked_too(studio):
    kept = studio.keep_recording(_upload(), "a.wav")
    with pytest.raises(Refused):
        studio.record(
            Script("身份证110101199003070011", voice="recorded", recording=kept)
        )


def test_the_same_upload_is_kept_once(studio):
    assert studio.keep_recording(_upload(), "a") == studio.keep_recording(
        _upload(), "b"
    )
    assert len(list((studio.store.folder / "recordings").iterdir())) == 1
