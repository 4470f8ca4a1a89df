"""A text cut into clauses: one breath each, with the silence that follows."""

from __future__ import annotations

import re

SILENCE = {
    "、": 0.12,
    "，": 0.22,
    "：": 0.28,
    "；": 0.40,
    "。": 0.55,
    "！": 0.55,
    "？": 0.55,
}
"""Seconds after a mark at normal pace; a horn wants them longer, see HORN."""

HORN = 1.4
"""Echoes from hills and from the next horn must die away before the next words."""

_PAUSE = "，。！？；：、"
_ENDS = "。！？；"


def punctuated(text: str) -> str:
    """Every mark as one of the seven that are pauses; marks without a pause go."""
    text = text.strip()
    for pattern, mark in _MARKS:
        text = pattern.sub(mark, text)
    text = re.sub(rf"[{_PAUSE}]{{2,}}", _strongest, text)
    text = text.lstrip(_PAUSE)
    return text if text[-1:] in _ENDS else text.rstrip("，：、") + "。"


_MARKS = [
    (re.compile(pattern), mark)
    for pattern, mark in (
        (r"\s*\n\s*", "。"),
        (r"\s{2,}|\t", "，"),
        (r"\s+", ""),
        (
            r"…+|\.{3,}|—+|–+|−+|(?<=[\u4e00-\u9fff])-+(?=[\u4e00-\u9fff])|→|➔|⇒|/|·{2,}",
            "，",
        ),
        (r"[()（）\[\]【】〔〕{}「」『』]", "，"),
        (r"[\"'“”‘’《》〈〉`´·・﹒]", ""),
        (r",", "，"),
        (r"[.﹒｡]", "。"),
        (r"!", "！"),
        (r"\?", "？"),
        (r";", "；"),
        (r":", "："),
    )
]


def _strongest(found: re.Match[str]) -> str:
    return max(found[0], key=lambda mark: (SILENCE[mark], mark == "。"))


def clauses(text: str, longest: int) -> list[tuple[int, int]]:
    """Borders (start, end) of the clauses of a punctuated text, nothing left out.

    A sentence is one clause unless it has more than `longest` characters; then it is
    cut at its own pauses, or where there is none, at `longest`.
    """
    cut: list[tuple[int, int]] = []
    for sentence in re.finditer(rf"[^{_ENDS}]*[{_ENDS}]|[^{_ENDS}]+", text):
        cut += _pieces(text, sentence.start(), sentence.end(), longest)
    return cut


def _pieces(text: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    while end - start > longest:
        inside = text[start : start + longest]
        at = max(inside.rfind(mark) for mark in "，：；")
        at = at if at > 0 else inside.rfind("、")
        at = start + (at + 1 if at > 0 else longest)
        pieces.append((start, at))
        start = at
    return [*pieces, (start, end)]


def together(cut: list[tuple[int, int]], longest: int) -> list[tuple[int, int]]:
    """Neighbouring clauses joined as long as `longest` characters hold them."""
    joined: list[tuple[int, int]] = []
    for start, end in cut:
        if joined and end - joined[-1][0] <= longest:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
