"""How fast the studio is: speech, mastering, one changed clause, many townships."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from audio import Script, Studio
from audio.reading import read
from audio.speech import spoken
from audio.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio import Clip

LIMITS = {
    "times_real_time": 2.0,
    "mastering_cpu_share": 0.02,
    "edited_clause_share": 0.20,
    "township_variants_notices": 2.5,
    "peak_rss_mb": 800.0,
}
"""The first is a least figure, the others are most."""

TOWNSHIPS = [
    "合江镇",
    "望龙镇",
    "白沙镇",
    "先市镇",
    "尧坝镇",
    "九支镇",
    "五通镇",
    "凤鸣镇",
    "榕山镇",
    "白鹿镇",
    "甘雨镇",
    "福宝镇",
    "先滩镇",
    "大桥镇",
    "车辋镇",
    "密溪镇",
    "真龙镇",
    "石龙镇",
    "神臂城镇",
    "实录镇",
    "南滩镇",
]

_PACE = 0.85
_NOTICE = (
    "各位乡亲，大家好。我是县残联。气象部门预报，十一月二十五日很热。"
    "{town}最高三十八度。上午十一点到下午四点，少下地，少出门。"
    "多喝水，不要等口渴再喝。老人、孩子、走路不方便的家人，要有人陪。"
    "不要一个人待在闷热的屋里。头晕、恶心、没有力气，马上到阴凉的地方歇。"
    "人叫不醒、身上发烫、抽筋，赶快打一二零。一边等，一边用凉水擦身，扇风。"
    "人不清醒，不要喂水。邻居们互相看一看。家里有长期吃药的，按时吃药。"
    "停药、减药，先问医生。电风扇不要对着人一直吹。晚上睡觉，把窗户打开。"
    "有困难打电话：零八三零，零零零，零零零零。听不见的，请家人发短信。"
    "再说一遍，零八三零，零零零，零零零零。谢谢大家。"
)


def run(voice: str = "kokoro", threads: int = 2) -> dict[str, object]:
    """Every figure of one notice of 300 characters, measured in this process.

    Wall seconds for speech, CPU seconds for mastering; one to two minutes on two cores.
    """
    _warm_up(voice, threads)
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), voices=(voice,), threads=threads)
        notice = Script(_NOTICE.format(town=TOWNSHIPS[0]), voice=voice)
        clip, fresh = _timed(lambda: studio.record(notice))
        seconds = float(clip.manifest["speech_seconds"])
        loud = Script(notice.text, voice=voice, profile="archive")
        archived, mastering = _timed(lambda: studio.record(loud), time.process_time)
        edited = notice.text.replace("多喝水，不要等口渴再喝。", "多喝开水，少量多次。")
        empty = Store(Path(folder, "again"))
        speech = _speech_seconds(notice.text, voice, threads, empty)
        changed = _speech_seconds(edited, voice, threads, empty)
        variants = speech + sum(
            _speech_seconds(_NOTICE.format(town=town), voice, threads, empty)
            for town in TOWNSHIPS[1:]
        )
    figures = {
        "times_real_time": round(seconds / fresh, 2),
        "mastering_cpu_share": round(mastering / archived.seconds, 4),
        "edited_clause_share": round(changed / speech, 3),
        "township_variants_notices": round(variants / speech, 2),
        "peak_rss_mb": round(_peak_rss_mb(), 1),
    }
    return {
        **figures,
        "notice_characters": len(notice.text),
        "notice_seconds": seconds,
        "limits": LIMITS,
        "ok": all(_within(name, figure) for name, figure in figures.items()),
        "cores": os.cpu_count(),
    }


def _within(name: str, figure: float) -> bool:
    if name == "times_real_time":
        return figure >= LIMITS[name]
    return figure <= LIMITS[name]


def _warm_up(voice: str, threads: int) -> None:
    """Load model and libraries: a service has them, a first notice does not."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), voices=(voice,), threads=threads)
        studio.record(Script("请开窗。", voice=voice, repeats=1))


def _timed(
    work: Callable[[], Clip], clock: Callable[[], float] = time.perf_counter
) -> tuple[Clip, float]:
    started = clock()
    return work(), clock() - started


def _speech_seconds(text: str, voice: str, threads: int, store: Store) -> float:
    """Wall seconds to speak what the cache does not have yet."""
    started = time.perf_counter()
    spoken(read(text), (voice,), _PACE, store, threads=threads)
    return time.perf_counter() - started


def _peak_rss_mb() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
