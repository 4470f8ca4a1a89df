"""Charts as server-side SVG, each with its title, its sentence and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise

from markupsafe import Markup

from outreach.web.drawing import Caption, block, hatches, picture, share, tag, words

_BAR = 40
_ROW = 52
_LINE = 160
_LEAST = 0.6
"""Per cent of a bar that a single person still gets: 3 pixels on a narrow page."""
_SQUARE = 24
_A_ROW_OF_SQUARES = 12
_BARS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled figure and its tone; ``link`` leads from the table to the people."""

    label: str
    value: int
    tone: str = "sent"
    link: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with the words and figures that say the same.

    ``rows`` are the table's parts, ``total`` is its last row's figure, against which
    shares are taken; None where a sum means nothing.
    """

    caption: Caption
    drawing: Markup
    rows: tuple[Part, ...]
    total: int | None = None

    def share(self, part: Part) -> str:
        """The part's share of the total, such as 90.8%; a dash where there is none."""
        return f"{100 * part.value / self.total:.1f}%" if self.total else "–"


def stacked_bar(caption: Caption, parts: Sequence[Part]) -> Chart:
    """Where the people are now: one bar, a segment for each state that has any."""
    seen = [part for part in parts if part.value]
    total = sum(part.value for part in parts)
    widths = _widths([part.value for part in seen])
    starts = [0.0, *accumulate(widths)]
    segments = [
        block(
            caption.key,
            part.tone,
            x=f"{start:.2f}%",
            y=0,
            width=f"{width:.2f}%",
            height=_BAR,
        )
        for part, start, width in zip(seen, starts, widths, strict=False)
    ]
    drawing = picture(
        caption,
        _BAR,
        hatches(caption.key, [part.tone for part in seen]),
        tag("g", *segments, class_="segments"),
    )
    return Chart(caption, drawing, tuple(parts), total)


def _widths(values: Sequence[int]) -> list[float]:
    # Nobody disappears: what the smallest gain is taken from all in proportion.
    total = sum(values)
    raw = [max(100 * value / total, _LEAST) for value in values]
    return [width * 100 / sum(raw) for width in raw]


def funnel(caption: Caption, gates: Sequence[Part]) -> Chart:
    """How many passed each gate: left-aligned bars against the first gate."""
    whole = gates[0].value if gates else 0
    return _bars(caption, gates, whole)


def sorted_bars(caption: Caption, parts: Sequence[Part], others: str) -> Chart:
    """Why not: longest first, eight at most in the drawing and all in the table."""
    ranked = sorted((p for p in parts if p.value), key=lambda part: -part.value)
    drawn, rest = ranked[:_BARS_AT_MOST], ranked[_BARS_AT_MOST:]
    if rest:
        drawn = [*drawn, Part(others, sum(part.value for part in rest), "off")]
    longest = max((part.value for part in drawn), default=0)
    chart = _bars(caption, drawn, longest)
    total = sum(part.value for part in ranked)
    return Chart(caption, chart.drawing, tuple(ranked), total)


def _bars(caption: Caption, parts: Sequence[Part], whole: int) -> Chart:
    rows: list[Markup] = [hatches(caption.key, [part.tone for part in parts])]
    for number, part in enumerate(parts):
        top = number * _ROW
        rows.append(words(part.label, 0, top + 18))
        rows.append(
            words(f"{part.value:,}", "100%", top + 18, text_anchor="end", class_="n")
        )
        rows.append(tag("rect", x=0, y=top + 26, width="100%", height=14, class_="bed"))
        rows.append(
            block(
                caption.key,
                part.tone,
                x=0,
                y=top + 26,
                width=share(min(part.value, whole), whole),
                height=14,
            )
        )
    drawing = picture(caption, max(len(parts), 1) * _ROW, *rows)
    return Chart(caption, drawing, tuple(parts), whole or None)


@dataclass(frozen=True, slots=True)
class Moment:
    """So many in all at a moment; ``label`` is the moment in words."""

    at: datetime
    value: int
    label: str


def step_line(
    caption: Caption,
    moments: Sequence[Moment],
    *,
    top: int,
    deadline: Moment | None = None,
) -> Chart:
    """Is it moving, is it late: one line of steps under ``top``, and the deadline."""
    times = [moment.at.timestamp() for moment in moments]
    ends = [*times, *([deadline.at.timestamp()] if deadline else [])]
    first, last = min(ends, default=0.0), max(ends, default=1.0)
    span = (last - first) or 1.0
    inner = [_steps(moments, first, span, top)]
    drawn: list[Markup] = [*_frame(moments, top)]
    if deadline:
        where = share(deadline.at.timestamp() - first, span)
        drawn.append(
            tag("line", x1=where, x2=where, y1=24, y2=24 + _LINE, class_="due")
        )
        drawn.append(words(deadline.label, where, 18, text_anchor="end"))
    drawn.append(
        tag(
            "svg",
            *inner,
            y=24,
            width="100%",
            height=_LINE,
            viewBox=f"0 0 1000 {_LINE}",
            preserveAspectRatio="none",
            aria_hidden="true",
        )
    )
    drawing = picture(caption, _LINE + 52, *drawn)
    rows = tuple(Part(moment.label, moment.value) for moment in moments)
    return Chart(caption, drawing, rows)


def _steps(moments: Sequence[Moment], first: float, span: float, top: int) -> Markup:
    points = [
        (1000 * (m.at.timestamp() - first) / span, _LINE * (1 - m.value / (top or 1)))
        for m in moments
    ]
    start = f"M{points[0][0]:.1f} {points[0][1]:.1f}" if points else "M0 0"
    rest = "".join(f"H{b[0]:.1f}V{b[1]:.1f}" for _, b in pairwise(points))
    return tag(
        "path", d=start + rest, class_="steps", vector_effect="non-scaling-stroke"
    )


def _frame(moments: Sequence[Moment], top: int) -> list[Markup]:
    lines = [
        tag("line", x1=0, x2="100%", y1=y, y2=y, class_="rule")
        for y in (24, 24 + _LINE / 2, 24 + _LINE)
    ]
    figures = [words(f"{top:,}", 0, 18, class_="n")]
    if moments:
        foot = 24 + _LINE + 22
        figures += [
            words(moments[0].label, 0, foot),
            words(moments[-1].label, "100%", foot, text_anchor="end"),
        ]
    return lines + figures


def squares(caption: Caption, parts: Sequence[Part]) -> Markup:
    """Which villages have played: a square each, twelve in a row.

    A part is one village: its tone colours the square, and its note is the mark in
    it, so that the square reads without colour.
    """
    drawn: list[Markup] = []
    for number, part in enumerate(parts):
        y, x = (i * _SQUARE for i in divmod(number, _A_ROW_OF_SQUARES))
        drawn.append(
            block(caption.key, part.tone, x=x + 1, y=y + 1, width=20, height=20)
        )
        drawn.append(
            words(
                part.note,
                x + 11,
                y + 16,
                text_anchor="middle",
                class_=f"mark mark-{part.tone}",
            )
        )
    rows = -(-max(len(parts), 1) // _A_ROW_OF_SQUARES)
    width = f"{min(max(len(parts), 1), _A_ROW_OF_SQUARES) * _SQUARE}"
    pattern = hatches(caption.key, [part.tone for part in parts])
    all_squares = tag("g", *drawn, class_="squares")
    return picture(caption, rows * _SQUARE, pattern, all_squares, width=width)
