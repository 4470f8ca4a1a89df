"""SVG elements as escaped markup, without a style attribute anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

PATTERNS = {
    "good": "M0 0h8v8h-8z",
    "sent": "M0 8L8 0",
    "taken": "M0 8L8 0M-2 2L2 -2M6 10L10 6",
    "open": "M1 1h2v2h-2zM5 5h2v2h-2z",
    "bad": "M0 0L8 8M0 8L8 0",
    "doubt": "M0 4h8",
    "warn": "M4 0v8",
    "off": "M3 3h1v1h-1z",
}
"""What tells one tone from another on paper: a path in a square of 8 by 8."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A chart's words: ``key`` makes its ids its own, ``columns`` head its table."""

    key: str
    title: str
    sentence: str
    columns: tuple[str, ...] = ()


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """An element; ``class_`` is written class, ``text_anchor`` text-anchor.

    An attribute that is None is left out. Children are escaped unless markup.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, inside)  # noqa: S704  # nosec B704  # names are written in code


def share(part: float, whole: float) -> str:
    """``part`` of ``whole`` as a percentage that SVG understands; 0 of 0 is 0%."""
    return f"{100 * part / whole if whole else 0:.2f}%"


def picture(
    caption: Caption, height: int, *children: object, width: str = "100%"
) -> Markup:
    """An image with its title and one sentence.

    Lengths along x are percentages and lengths along y pixels, so that words keep
    their size on a phone.
    """
    key = caption.key
    return tag(
        "svg",
        tag("title", caption.title, id=f"{key}-title"),
        tag("desc", caption.sentence, id=f"{key}-sentence"),
        *children,
        class_="chart",
        role="img",
        width=width,
        height=height,
        aria_labelledby=f"{key}-title {key}-sentence",
    )


def hatches(key: str, tones: Iterable[str]) -> Markup:
    """Pattern fills for paper and high contrast, one for each tone."""
    tiles = [
        tag(
            "pattern",
            tag("path", d=PATTERNS[tone], class_=f"hatch-{tone}"),
            id=f"{key}-{tone}",
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
        )
        for tone in sorted(set(tones))
    ]
    return tag("defs", *tiles)


def block(key: str, tone: str, **size: object) -> Markup:
    """A rectangle (x, y, width, height) in its tone, with its hatching for paper."""
    return tag("rect", class_=f"tone-{tone}", **size) + tag(
        "rect", class_="hatch", fill=f"url(#{key}-{tone})", **size
    )


def words(text: str, x: object, y: object, **attributes: object) -> Markup:
    """A line of text whose foot stands at ``y``."""
    return tag("text", text, x=x, y=y, **attributes)
