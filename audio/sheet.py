"""Sheets of paper: what the village plays, and what an announcer reads aloud."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from audio.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from audio.pack import PackItem

_STYLE = """
@page { size: A4; margin: 15mm }
* { box-sizing: border-box }
body { font: 16px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  color: #111; margin: 0 auto; max-width: 190mm; padding: 12px }
h1 { font-size: 24px; margin: 0 0 4px } h2 { font-size: 19px; margin: 18px 0 4px }
table { border-collapse: collapse; width: 100%; margin: 10px 0 }
caption { text-align: left; font-weight: bold; padding: 4px 0 }
th, td { border: 1px solid #555; padding: 5px 6px; text-align: left;
  vertical-align: top; overflow-wrap: anywhere }
th { background: #eee } tr { break-inside: avoid }
.text { border-left: 4px solid #555; padding-left: 10px; margin: 4px 0 }
.sign td { height: 34px }
"""

_ALOUD = """
@page { size: A4; margin: 15mm }
body { font: 30px/2.3 "Noto Serif CJK SC", "SimSun", "Songti SC", serif; color: #000;
  margin: 0 auto; max-width: 185mm; padding: 12px }
h1 { font-size: 32px; line-height: 1.3 } p { margin: 0 0 12px; break-inside: avoid }
rt { font: 15px/1 "Noto Sans", Arial, sans-serif; color: #000 }
.how { font-size: 18px; line-height: 1.6; border: 2px solid #000; padding: 8px 12px }
.pause { color: #000; font-weight: bold; padding: 0 6px }
"""


def play_sheet(  # noqa: PLR0913, PLR0917 - what stands on the sheet
    village: str,
    township: str,
    items: Sequence[PackItem],
    names: Sequence[str],
    day: date,
    valid_until: date | None,
    office: str,
) -> str:
    """播放单: one A4 page of HTML without anything to load, with room to sign."""
    rows = "".join(
        f"<tr><td>{at}</td><td>{_said('、'.join(item.slots) or '—')}</td>"
        f"<td>{_said(item.title)}</td><td>{_said(name)}</td>"
        f"<td>{_length(item.seconds)}</td><td>{item.repeats} 遍</td></tr>"
        for at, (item, name) in enumerate(zip(items, names, strict=True), 1)
    )
    signing = "".join(
        f"<tr><td>{_said(slot)}</td><td>{_said(item.title)}</td>"
        + "<td></td>" * 5
        + "</tr>"
        for item in items
        for slot in item.slots or ("",)
    )
    texts = "".join(
        f"<h2>{at}. {_said(item.title)}</h2><p class=text>{_said(item.text)}</p>"
        + (f"<p>来源：{_said(item.source)}</p>" if item.source else "")
        for at, item in enumerate(items, 1)
    )
    return (
        f"{_head(f'播放单 {township}{village} {day:%Y-%m-%d}', _STYLE)}"
        f"<h1>大喇叭播放单</h1><p>{_said(township)} {_said(village)}　"
        f"{_when(day, valid_until)}{'　' + _said(office) if office else ''}</p>"
        "<p>清空 U 盘，把文件一次复制进去，按顺序播放。音量六成，最大不过八成。</p>"
        "<table><caption>按这个顺序播</caption><tr><th scope=col>序号<th scope=col>时段"
        "<th scope=col>节目<th scope=col>文件<th scope=col>时长<th scope=col>遍数</tr>"
        f"{rows}</table><table class=sign><caption>播出登记</caption><tr><th scope=col>"
        "计划时间<th scope=col>节目<th scope=col>实际开始<th scope=col>实际结束"
        "<th scope=col>音量<th scope=col>值班员签字<th scope=col>没有播的原因</tr>"
        f"{signing}</table>{texts}</body></html>\n"
    )


def play_text(  # noqa: PLR0913, PLR0917 - the same values as the printed sheet
    village: str,
    township: str,
    items: Sequence[PackItem],
    names: Sequence[str],
    day: date,
    valid_until: date | None,
    office: str,
) -> str:
    """The play sheet in plain lines, for a screen reader or an old machine."""
    lines = ["大喇叭播放单", f"{township} {village}", _when(day, valid_until)]
    lines += [office] if office else []
    lines += ["清空 U 盘，把文件一次复制进去，按顺序播放。音量六成，最大不过八成。", ""]
    for at, (item, name) in enumerate(zip(items, names, strict=True), 1):
        slots = "、".join(item.slots)
        lines += [
            f"{at}. {item.title}",
            *([f"   时段：{slots}"] if slots else []),
            f"   文件：{name}",
            f"   时长：{_length(item.seconds)}，文件里已有 {item.repeats} 遍",
            f"   内容：{item.text}",
            *([f"   来源：{item.source}"] if item.source else []),
            "",
        ]
    return "\r\n".join(lines) + "\r\n"


def read_aloud_sheet(text: str, title: str) -> str:
    """HTML in large print for a person at the microphone.

    Pinyin stands over words that are often read wrongly, a bar marks each pause, one
    sentence a line. Raises Unreadable as `audio.reading.read` does.
    """
    reading = read(text)
    hard = _hard_places(reading.spoken)
    words = ""
    for at, (letter, sound) in enumerate(
        zip(reading.spoken, reading.sounds, strict=True)
    ):
        if letter in "。！？；":
            words += f"{letter}<span class=pause aria-hidden=true>‖</span></p><p>"
        elif letter in "，：、":
            words += f"{letter}<span class=pause aria-hidden=true>|</span>"
        elif at in hard:
            words += f"<ruby>{letter}<rt>{_toned(sound)}</rt></ruby>"
        else:
            words += _said(letter)
    body = f"<p>{words}</p>".replace("<p></p>", "")
    return (
        f"{_head(title or '播音稿', _ALOUD)}<main><h1>{_said(title or '播音稿')}</h1>"
        "<p class=how>读慢一点，一分钟两百字左右。| 停一下，‖ 停两下。电话号码读两遍。"
        f"读完停两秒，从头再读一遍。</p>{body}</main></body></html>\n"
    )


def _hard_places(spoken: str) -> set[int]:
    """Where a character of the built-in lexicon, or a rare one, stands."""
    from audio.reading import built_in  # noqa: PLC0415

    hard: set[int] = set()
    for start, end, _ in built_in().spans(spoken):
        hard.update(range(start, end))
    hard.update(at for at, letter in enumerate(spoken) if _rare(letter))
    return hard


def _rare(letter: str) -> bool:
    """Outside the 3,755 characters of GB 2312's first level."""
    if not "\u4e00" <= letter <= "\u9fff":
        return False
    try:
        return letter.encode("gb2312")[0] > 0xD7  # noqa: PLR2004 - row 55, the last
    except UnicodeEncodeError:
        return True


_MARKS = {"a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "ü": "ǖǘǚǜ"}


def _toned(sound: str) -> str:
    """zhang3 as zhǎng."""
    bare, tone = sound[:-1].replace("v", "ü"), int(sound[-1])
    if tone > 4:  # noqa: PLR2004 - neutral
        return bare
    vowels = [letter for letter in bare if letter in _MARKS]
    if not vowels:
        return bare
    marked = next((v for v in vowels if v in "ae"), None) or (
        "o" if "ou" in bare else vowels[-1]
    )
    return bare.replace(marked, _MARKS[marked][tone - 1], 1)


def _head(title: str, style: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_said(title)}</title><style>{style}</style></head><body>"
    )


def _said(text: str) -> str:
    return html.escape(text)


def _when(day: date, valid_until: date | None) -> str:
    said = f"{day.year}年{day.month}月{day.day}日"
    if valid_until:
        said += f"，有效到{valid_until.month}月{valid_until.day}日"
    return said


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}分{rest:02d}秒" if minutes else f"{rest}秒"
