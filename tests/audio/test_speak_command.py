"""`outreach speak`: one JSON object, files in the folder, or an error and none."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from audio.script import PROFILES
from outreach.speaking import speak

NOTICE = """★★关于做好流感疫苗接種工作的通知★★
各位村民：根據縣疾控中心安排，11月25日8:30-11:30在鎮衛生院接種流感疫苗，18～59歲每人80元，
60岁以上免费。发热≥37.3℃的暂不接种。请带身份证、戴N95口罩。
(一)有慢性病的先问医生(CT、B超不用做)；
(二)打完坐30分钟再走，不要空腹。
电话0830-5261234或12345，急救打120。
"""


def _run(tmp_path, *options, text=NOTICE, name="通知.txt", encoding="utf-8"):
    source = tmp_path / name
    source.write_bytes(text.encode(encoding))
    words = [str(source), "--out", str(tmp_path / "out"), "--voice", "tone"]
    words += ["--cache", str(tmp_path / "cache"), "--json", *options]
    return CliRunner().invoke(speak, words)


def _made(tmp_path):
    out = tmp_path / "out"
    return sorted(path.name for path in out.iterdir()) if out.exists() else []


def test_one_json_object_tells_everything(tmp_path):
    done = _run(tmp_path, "--title", "流感疫苗")
    assert done.exit_code == 0
    (clip,) = json.loads(done.stdout)["clips"]
    assert {"text", "pinyin", "spoken", "voice", "checks", "files"} <= set(clip)
    (file,) = clip["files"]
    assert {"seconds", "lufs", "true_peak_dbtp", "sha256"} <= set(file)
    assert _made(tmp_path) == ["通知-loudspeaker.json", "通知-loudspeaker.mp3"]
    assert json.loads((tmp_path / "out/通知-loudspeaker.json").read_text()) == clip


def test_a_messy_notice_becomes_all_five_profiles(tmp_path):
    done = _run(tmp_path, "--profile", "all", "--repeats", "1")
    assert done.exit_code == 0
    clips = json.loads(done.stdout)["clips"]
    assert [clip["settings"]["profile"] for clip in clips] == list(PROFILES)
    assert all(check["passed"] for clip in clips for check in clip["checks"])
    assert "恩九五" in clips[0]["spoken"]
    assert len(_made(tmp_path)) == 5 + 7


def test_a_long_messy_notice_is_read_to_the_end(tmp_path):
    text = "".join(NOTICE.replace("通知", f"第{n}次通知") for n in range(1, 10))
    assert 1500 < len(text) < 2000
    done = _run(tmp_path, "--repeats", "1", "--profile", "phone", text=text)
    assert done.exit_code == 0, done.stderr
    (clip,) = json.loads(done.stdout)["clips"]
    assert clip["spoken"].count("急救打幺二零") == 9


def test_an_office_file_in_gb18030_is_understood(tmp_path):
    done = _run(tmp_path, text="请戴口罩。", encoding="gb18030")
    assert json.loads(done.stdout)["clips"][0]["spoken"] == "请戴口罩。"


@pytest.mark.parametrize(
    "text",
    ["", "😷😷😷", "戴口罩" * 7000, "សូមពាក់ម៉ាស់", "身份证110101199003070011"],
    ids=["nothing", "emoji", "too-long", "foreign", "personal"],
)
def test_bad_input_is_one_sentence_and_no_file(text, tmp_path):
    done = _run(tmp_path, text=text)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["ok"] is False
    assert done.stderr.strip() == json.loads(done.stdout)["message"]
    assert not _made(tmp_path)


def test_a_file_that_is_no_text_is_said(tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes([0xFF, 0xFE, 0xFF, 0x80]) * 9)
    words = [str(tmp_path / "a.bin"), "--out", str(tmp_path / "out"), "--voice", "tone"]
    done = CliRunner().invoke(speak, [*words, "--cache", str(tmp_path / "cache")])
    assert done.exit_code == 1
    assert "a.bin" in done.stderr


@pytest.mark.parametrize(
    "options",
    [["--voice", "siri"], ["--pace", "9"], ["--voice", "recorded"], ["--profile", "x"]],
)
def test_wrong_use_is_exit_code_two(options, tmp_path):
    assert _run(tmp_path, *options).exit_code == 2
    assert not _made(tmp_path)


def test_an_unknown_file_is_wrong_use(tmp_path):
    done = CliRunner().invoke(speak, ["missing.txt", "--out", str(tmp_path)])
    assert done.exit_code == 2


def test_another_meter_and_player_agree(tmp_path):
    """ffmpeg knows nothing of our meter, our encoder or our tags."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    _run(tmp_path, "--title", "流感疫苗")
    mp3 = tmp_path / "out/通知-loudspeaker.mp3"
    heard = subprocess.run(
        [
            "ffmpeg",
            "-nostats",
            "-i",
            mp3,
            "-af",
            "ebur128=peak=true",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    summary = heard[heard.rindex("Summary:") :]
    lufs = float(summary.split("I:")[1].split()[0])
    peak = float(summary.split("Peak:")[1].split()[0])
    assert lufs == pytest.approx(-16.5, abs=0.5)
    assert peak <= -1.0
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", mp3],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    stream = json.loads(shown)["streams"][0]
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == (
        "mp3",
        "44100",
        1,
    )
    assert stream["bit_rate"] == "128000"
    assert json.loads(shown)["format"]["tags"]["title"] == "流感疫苗"
