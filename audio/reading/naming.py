"""Chinese titles as file names that every player shows."""

from __future__ import annotations

import re


def ascii_name(title: str, longest: int = 24) -> str:
    """Pinyin without tones, letters and digits only: 高温防暑 is gaowenfangshu."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a fifth of a second to load

    spelt = "".join(lazy_pinyin(title, errors="default"))
    return re.sub(r"[^A-Za-z0-9]", "", spelt.replace("ü", "v"))[:longest]
