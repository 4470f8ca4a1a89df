"""Text as it comes out of cells: visible characters only, one form for each."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_DOTS = re.compile("[·•・‧∙⋅．]")
_BROKEN = re.compile("\ufffd|锟斤拷|烫烫|屯屯")
_MARKS_AT_MOST = 4
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def plain(text: str) -> str:
    """NFKC without invisible characters; controls and runs of spaces become one."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text
    normal = unicodedata.normalize("NFKC", text)
    visible = _CONTROLS.sub(" ", _INVISIBLE.sub("", normal))
    # What was taken out may have kept a letter and its mark apart.
    return unicodedata.normalize("NFKC", " ".join(visible.split()))


def compact(text: str) -> str:
    """``plain`` without any space."""
    return plain(text).replace(" ", "")


def broken(text: str) -> bool:
    """Whether the text was damaged by a wrong encoding before it came here."""
    return bool(_BROKEN.search(text))


def person_name(text: str) -> str:
    """A name in one form: inner dots alike, no spaces between Chinese characters."""
    dotted = _DOTS.sub("·", plain(_DOTS.sub("·", text)))
    return dotted if dotted.isascii() else plain(dotted.replace(" ", ""))


def too_many_marks(text: str) -> bool:
    """Whether combining marks are heaped up, as no name has them."""
    return sum(unicodedata.category(c) == "Mn" for c in text) > _MARKS_AT_MOST
