"""The office's own list of sensitive words; the product ships none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import Refused, Unreadable, mark
from campaigns.orm import Base, Key

BLOCK, WARN = "block", "warn"
_LEVELS = {"block": BLOCK, "warn": WARN, "禁用": BLOCK, "提醒": WARN, "": BLOCK}
_MOST = 20_000
_LONGEST = 40


class SensitiveWord(Base):
    """A word that an office does not want in its texts; ``level`` block or warn."""

    __tablename__ = "sensitive_word"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    word: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[str] = mapped_column(String(8), default=BLOCK)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Found:
    """A sensitive word in a text, as it stands there."""

    start: int
    text: str
    word: str
    kind: str
    block: bool


def replace_words(
    session: Session, content: bytes, *, by: int | None, now: datetime
) -> int:
    """Take in a file: a line is a word, or a word, its kind, and block or warn.

    The list before it is gone. Raises Unreadable for a file that is not UTF-8,
    Refused for a line that cannot be understood. Returns how many words there are.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Unreadable(
            mark("文件不是 UTF-8 编码。请另存为 UTF-8 文本，再上传。")
        ) from None
    words = dict(
        _row(number, line) for number, line in enumerate(lines, 1) if line.strip()
    )
    if len(words) > _MOST:
        raise Refused(mark("词太多，最多 %(most)s 个。"), most=_MOST)
    session.execute(delete(SensitiveWord))
    session.add_all(
        SensitiveWord(word=word, kind=kind, level=level, made_by=by, made_at=now)
        for word, (kind, level) in words.items()
    )
    session.flush()
    return len(words)


def list_words(session: Session) -> list[SensitiveWord]:
    """Every word, in order."""
    return list(session.scalars(select(SensitiveWord).order_by(SensitiveWord.word)))


def find(session: Session, text: str) -> list[Found]:
    """The office's words in ``text``, also with blanks or signs between the letters."""
    rows = list_words(session)
    return list(_find(rows, text)) if rows else []


def _find(rows: list[SensitiveWord], text: str) -> Iterator[Found]:
    tree = _tree(rows)
    letters, places = _plain(text)
    for at in range(len(letters)):
        node, end = tree, at
        while end < len(letters) and letters[end] in node:
            node, end = node[letters[end]], end + 1
            row = node.get(_END)
            if row is not None:
                start, last = places[at], places[end - 1] + 1
                block = row.level == BLOCK
                yield Found(start, text[start:last], row.word, row.kind, block)


_END = ""


def _tree(rows: list[SensitiveWord]) -> dict[str, Any]:
    """Words letter by letter: a text is walked once from each of its letters."""
    root: dict[str, Any] = {}
    for row in rows:
        node = root
        for letter in _plain(row.word)[0]:
            node = node.setdefault(letter, {})
        node[_END] = row
    return root


def _plain(text: str) -> tuple[list[str], list[int]]:
    """Letters and digits in their normal form, each with its place in ``text``."""
    letters, places = [], []
    for place, letter in enumerate(text):
        for plain in unicodedata.normalize("NFKC", letter).casefold():
            if unicodedata.category(plain)[0] in "LN":
                letters.append(plain)
                places.append(place)
    return letters, places


def _row(number: int, line: str) -> tuple[str, tuple[str, str]]:
    word, kind, level = ([part.strip() for part in line.split(",")] + ["", ""])[:3]
    if not _plain(word)[0] or len(word) > _LONGEST or level not in _LEVELS:
        raise Refused(
            mark(
                "第 %(row)s 行看不懂。一行一个词，或者“词,类别,block”或“词,类别,warn”。"
            ),
            row=number,
        )
    return word, (kind[:_LONGEST], _LEVELS[level])
