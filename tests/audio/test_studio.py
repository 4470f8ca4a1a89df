"""The one door: whole clips, made once, or an error and no file."""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from audio import AudioError, Script, Studio
from audio.errors import NotKept, Refused, Unreadable, VoiceFailed
from audio.script import PROFILES
from audio.store import Store, digest
from audio.voices import google

TEXT = "各位乡亲，大家好。11月25日8:30打流感疫苗，不要空腹。电话0830-5261234。"
NOTICE = Script(TEXT, voice="tone", title="流感疫苗")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def studio(tmp_path):
    return Studio(tmp_path, producer="合江县残联")


def _files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _clips(folder):
    return [path for path in _files(folder) if "clips" in path.parts]


def test_a_clip_is_whole_and_says_what_it_is(studio):
    clip = studio.record(NOTICE)
    assert clip.path.is_file()
    assert clip.lufs == pytest.approx(-16.5, abs=0.5)
    assert clip.true_peak_dbtp <= -1.0
    assert digest(clip.path) == clip.files[0].sha256
    assert clip.path.stat().st_size == clip.files[0].bytes
    assert clip.manifest["text"] == TEXT
    assert "shi2 yi1 yue4 er4 shi2 wu3 ri4 ba1 dian3" in clip.manifest["pinyin"]
    assert clip.manifest["voice"]["used"] == "tone"
    assert all(check["passed"] for check in clip.manifest["checks"])
    assert json.loads(json.dumps(clip.as_json())) == clip.as_json()


def test_a_script_is_recorded_once(studio):
    first = studio.record(NOTICE)
    made = first.path.stat().st_mtime_ns
    assert studio.record(NOTICE) == first
    assert studio.find(NOTICE.fingerprint()) == first
    assert first.path.stat().st_mtime_ns == made


def test_two_studios_make_the_same_bytes(tmp_path):
    one = Studio(tmp_path / "one").record(NOTICE)
    other = Studio(tmp_path / "other").record(NOTICE)
    assert one.files[0].sha256 == other.files[0].sha256
    assert one.manifest == other.manifest


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_passes_its_own_checks(profile, studio):
    clip = studio.record(replace(NOTICE, profile=profile, repeats=1))
    failed = [check for check in clip.manifest["checks"] if not check["passed"]]
    assert not failed


def test_every_setting_makes_another_clip():
    changed = [
        replace(NOTICE, text=TEXT + "谢谢。"),
        replace(NOTICE, voice="kokoro"),
        replace(NOTICE, pace=0.9),
        replace(NOTICE, profile="phone"),
        replace(NOTICE, chime="none"),
        replace(NOTICE, repeats=3),
        replace(NOTICE, title="别的"),
        replace(NOTICE, recording="ab"),
        replace(NOTICE, dialect="四川话"),
    ]
    prints = {script.fingerprint() for script in [NOTICE, *changed]}
    assert len(prints) == len(changed) + 1


def test_an_operators_reading_makes_another_clip(tmp_path):
    studio = Studio(tmp_path)
    own = replace(NOTICE, readings=(("合江", "he2 jiang2"),))
    assert own.fingerprint() != NOTICE.fingerprint()
    assert "jiang1" in studio.read("合江").pinyin
    assert "jiang2" in studio.read("合江", own.readings).pinyin
    with pytest.raises(Unreadable, match="音节"):
        studio.record(replace(NOTICE, readings=(("合江", "he2"),)))


def test_only_the_changed_clause_is_spoken_again(studio):
    studio.record(NOTICE)
    before = set(_files(studio.store.folder / "clauses"))
    studio.record(replace(NOTICE, text=TEXT.replace("大家好", "下午好")))
    assert len(set(_files(studio.store.folder / "clauses")) - before) == 1


def test_another_profile_speaks_nothing_again(studio):
    studio.record(NOTICE)
    before = _files(studio.store.folder / "clauses")
    studio.record(replace(NOTICE, profile="phone"))
    assert _files(studio.store.folder / "clauses") == before


def test_a_broken_clause_in_the_cache_is_spoken_again(studio):
    studio.record(NOTICE)
    for path in _files(studio.store.folder / "clauses"):
        path.write_bytes(b"odd")
    clip = studio.record(replace(NOTICE, title="again"))
    assert all(check["passed"] for check in clip.manifest["checks"])


def test_the_label_is_in_the_metadata_even_without_a_sound(studio):
    clip = studio.record(replace(NOTICE, chime="none"))
    assert json.loads(clip.manifest["aigc"])["ProduceID"] == clip.fingerprint[:32]
    assert "ContentProducer".encode("utf-16-le") in clip.path.read_bytes()


def test_an_evacuation_text_has_neither_chime_nor_mark(studio):
    usual = studio.record(replace(NOTICE, repeats=1))
    urgent = studio.record(replace(NOTICE, repeats=1, chime="none"))
    assert usual.seconds - urgent.seconds == pytest.approx(
        1.6 + 0.5 + 0.8 + 1.3, abs=0.3
    )


def test_progress_is_told_clause_by_clause(studio):
    told = []
    studio.record(NOTICE, lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] == len(told)


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (replace(NOTICE, text=""), Refused),
        (replace(NOTICE, text="  \n\t "), Refused),
        (replace(NOTICE, text="😷🙏🏠"), Unreadable),
        (replace(NOTICE, text="戴口罩" * 7000), Refused),
        (replace(NOTICE, text="សូមពាក់ម៉ាស់"), Unreadable),
        (replace(NOTICE, text="请${place}集合"), Unreadable),
        (replace(NOTICE, text="张三身份证110101199003070011"), Refused),
        (replace(NOTICE, text="联系13800001111"), Refused),
        (replace(NOTICE, pace=3), Refused),
        (replace(NOTICE, repeats=0), Refused),
        (replace(NOTICE, profile="cinema"), Refused),
        (replace(NOTICE, chime="siren"), Refused),
        (replace(NOTICE, voice="siri"), Refused),
        (replace(NOTICE, voice="recorded", recording="00"), Refused),
        (replace(NOTICE, voice="recorded", recording="../../etc/passwd"), Refused),
    ],
)
def test_a_bad_script_is_refused_and_leaves_no_file(script, kind, studio):
    with pytest.raises(kind):
        studio.record(script)
    assert not _clips(studio.store.folder)
    assert not list((studio.store.folder / "work").iterdir())


def test_a_name_on_the_register_is_not_read_aloud(tmp_path):
    studio = Studio(tmp_path, names=lambda text: [n for n in ("王小花",) if n in text])
    with pytest.raises(Refused, match="王小花"):
        studio.record(replace(NOTICE, text="请王小花来领轮椅。"))


def test_a_public_mobile_may_be_said(tmp_path):
    studio = Studio(tmp_path, public_phones=("13800001111",))
    clip = studio.record(replace(NOTICE, text="值班手机13800001111。"))
    assert "yao1 san1 ba1" in clip.manifest["pinyin"]


def test_a_voice_that_fails_gives_way_for_the_whole_text(tmp_path, monkeypatch):
    def unreachable(_):
        raise OSError("Failed to connect. Probable cause: unknown")

    monkeypatch.setattr(google, "_fetched", unreachable)
    google.close_breaker()
    clip = Studio(tmp_path, voices=("tone",)).record(replace(NOTICE, voice="google"))
    google.close_breaker()
    assert (
        clip.manifest["voice"] | {"asked": "google", "used": "tone"}
        == (clip.manifest["voice"])
    )
    (fallback,) = clip.manifest["fallbacks"]
    assert fallback["from"] == "google"
    assert "Failed to connect" in fallback["reason"]


def test_without_another_voice_the_failure_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(google, "_fetched", lambda _: b"")
    google.close_breaker()
    with pytest.raises(VoiceFailed):
        Studio(tmp_path, voices=()).record(replace(NOTICE, voice="google"))
    google.close_breaker()
    assert not _clips(tmp_path)


def test_without_a_network_everything_works_and_google_gives_way(tmp_path, monkeypatch):
    def blocked(*_, **__):
        raise OSError("Failed to connect")

    monkeypatch.setattr(socket.socket, "connect", blocked)
    monkeypatch.setattr(socket, "getaddrinfo", blocked)
    google.close_breaker()
    started = time.monotonic()
    studio = Studio(tmp_path, voices=("tone",))
    clip = studio.record(replace(NOTICE, voice="google"))
    google.close_breaker()
    assert time.monotonic() - started < google.NOTICE_SECONDS
    assert clip.manifest["voice"]["used"] == "tone"


def test_kokoro_makes_a_clip_that_passes_its_checks(studio):
    clip = studio.record(Script("高温预报，最高38℃。不要出门。", repeats=1))
    assert all(check["passed"] for check in clip.manifest["checks"])
    assert clip.manifest["voice"]["identity"].startswith("kokoro-82m-int8/6e742170")


def test_a_polite_recording_is_the_same(tmp_path):
    loud = Studio(tmp_path / "a").record(NOTICE)
    before = os.getpriority(os.PRIO_PROCESS, 0)
    polite = Studio(tmp_path / "b", niceness=10).record(NOTICE)
    assert polite.files[0].sha256 == loud.files[0].sha256
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_an_error_crosses_from_the_polite_thread(tmp_path):
    studio = Studio(tmp_path, voices=(), niceness=10)
    with pytest.raises(Refused):
        studio.record(replace(NOTICE, voice="recorded", recording="00"))


def test_ten_threads_make_one_clip(studio):
    with ThreadPoolExecutor(10) as pool:
        clips = list(pool.map(studio.record, [NOTICE] * 10))
    assert all(clip == clips[0] for clip in clips)
    assert len(_clips(studio.store.folder)) == 2


def test_many_processes_make_each_clip_once(tmp_path):
    scripts = [replace(NOTICE, title=str(n), repeats=1) for n in (1, 2, 1)]
    clips = Studio(tmp_path).record_all(scripts, workers=2)
    assert clips[0] == clips[2]
    assert clips[0] != clips[1]
    assert len(_clips(tmp_path)) == 4


def test_a_killed_recording_leaves_nothing_that_can_be_found(tmp_path):
    program = (
        "import sys; from pathlib import Path; from audio import Script, Studio\n"
        "print('up', flush=True)\n"
        "Studio(Path(sys.argv[1])).record(Script(sys.argv[2], voice='tone', repeats=5))"
    )
    script = Script(TEXT * 4, voice="tone", repeats=5)
    for after in (0.3, 0.7, 1.1, 1.5):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), TEXT * 4],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        child.stdout.readline()
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        found = Store(tmp_path).find(script.fingerprint())
        assert found is None or digest(found.path) == found.files[0].sha256
    clip = Studio(tmp_path).record(script)
    assert digest(clip.path) == clip.files[0].sha256


def test_work_left_by_the_dead_is_cleared_a_day_later(tmp_path):
    left = tmp_path / "work" / "dead"
    Studio(tmp_path)
    left.mkdir()
    Studio(tmp_path)
    assert left.exists()
    os.utime(left, (0, 0))
    Studio(tmp_path)
    assert not left.exists()


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    studio = Studio(tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotKept, match="No space left"):
        studio.record(NOTICE)
    assert not _clips(tmp_path)
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.skipif(not Path("/proc/1").exists(), reason="no /proc: not Linux")
def test_a_read_only_folder_is_said():
    with pytest.raises(NotKept, match="/proc/studio"):
        Studio(Path("/proc/studio"))


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotKept):
        Studio(tmp_path / "file")


def test_importing_audio_is_quick_and_loads_no_science():
    heavy = "{'numpy','scipy','onnxruntime','soundfile','pypinyin','opencc','gtts'}"
    program = f"import sys, audio; print(sorted({heavy} & set(sys.modules)))"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True
    )
    assert said.stdout.decode().strip() == "[]"


def test_an_error_keeps_its_values_across_processes():
    failure = Refused("“%(name)s”不行", name="甲")
    again = pickle.loads(pickle.dumps(failure))
    assert isinstance(again, AudioError)
    assert (str(again), again.values) == ("“甲”不行", {"name": "甲"})
