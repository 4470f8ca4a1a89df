"""What changed between two versions, in words: deleted and inserted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from campaigns.bulletins.models import BulletinVersion

_TOKEN = re.compile(r"\$\{[^}]*\}|\d[\d:.\-]*|[A-Za-z]+|.", re.DOTALL)


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it."""

    change: Change
    text: str


def diff(
    previous: BulletinVersion | None, current: BulletinVersion
) -> dict[str, list[Piece]]:
    """Pieces of every field that differs, by the field's column name."""
    before = _fields(previous) if previous else {}
    return {
        name: compare(before.get(name, ""), text)
        for name, text in _fields(current).items()
        if before.get(name, "") != text
    }


def compare(before: str, after: str) -> list[Piece]:
    """``before`` and ``after`` as one row of pieces; numbers are never split."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece(Change.SAME, "".join(old[from_old:to_old])))
            continue
        if to_old > from_old:
            pieces.append(Piece(Change.DELETED, "".join(old[from_old:to_old])))
        if to_new > from_new:
            pieces.append(Piece(Change.INSERTED, "".join(new[from_new:to_new])))
    return pieces


def _fields(version: BulletinVersion) -> dict[str, str]:
    values = sorted(version.values.items())
    return {
        "urgency": version.urgency.value,
        "sms_text": version.sms_text,
        "spoken_text": version.spoken_text,
        "easy_read": "\n".join(version.easy_read),
        "values": "\n".join(f"{name}={text}" for name, text in values),
        "source": version.source,
        "valid_until": str(version.valid_until or ""),
    }
