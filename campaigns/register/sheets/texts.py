"""CSV files in the encodings and with the marks that offices use."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from campaigns.register.sheets.limits import CELL, COLUMNS, Refusal, cut

_NULS_AT_MOST = 100
"""Fewer in a hundred bytes than one are damage; more are another encoding."""
_OTHERS = (("Big5", "big5"), ("Shift-JIS", "shift_jis"))
_EASTERN = re.compile("[\u2e80-\U0003ffff]")
_HEADED = re.compile("姓名|氏名")


def open_text(path: str) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """What is known of a CSV file, and its rows. Raises Refusal."""
    text = decoded(Path(path).read_bytes())
    if not text.strip():
        raise Refusal("empty")
    rows = 1 + (text.count("\n") or text.count("\r"))
    return described(rows=rows), _records(text)


def described(**known: object) -> dict[str, Any]:
    """What a child says of a table first; only workbooks know all of it."""
    lists = ("others", "hidden", "merged", "hidden_rows", "formulas")
    return {"sheet": "", "page": False, **{name: [] for name in lists}, **known}


def decoded(data: bytes) -> str:
    """The text of a file in whichever encoding it is. Raises Refusal."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Refusal("encoding")
    try:
        if data.startswith(b"\xef\xbb\xbf"):
            return data.decode("utf-8-sig")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
    except UnicodeDecodeError as error:
        _damaged(data, error.start)
    if b"\x00" in data:
        if data.count(b"\x00") * _NULS_AT_MOST < len(data):
            _damaged(data, data.index(b"\x00"))
        raise Refusal("encoding")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _chinese(data, error.start)


def _chinese(data: bytes, first_fault: int) -> str:
    """GB18030, unless most of the lines are UTF-8: then the file is damaged."""
    good = bad = 0
    for line in data.splitlines():
        if line.isascii():
            continue
        try:
            # Chinese in GB18030 may pass for UTF-8, but then for Cyrillic or Hebrew.
            good += bool(_EASTERN.search(line.decode("utf-8")))
        except UnicodeDecodeError:
            bad += 1
    if good > max(2, bad // 5):
        _damaged(data, first_fault)
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        _refuse_foreign(data)
        _damaged(data, error.start)
    if not _HEADED.search(text):
        _refuse_foreign(data)
    return text


def _refuse_foreign(data: bytes) -> None:
    """Refuse what makes sense only in an encoding of another place.

    Read as GB18030 it would be other names, and none of them would look wrong.
    """
    for name, encoding in _OTHERS:
        if _HEADED.search(data.decode(encoding, "replace")):
            raise Refusal("another_encoding", name=name)


def _damaged(data: bytes, place: int) -> NoReturn:
    raise Refusal("bad_text", row=len((data[:place] + b".").splitlines()))


def _records(text: str) -> Iterator[list[Any]]:
    csv.field_size_limit(CELL * 50)
    delimiter = max(",\t;|", key=text[:20_000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(row) > COLUMNS:
                raise Refusal("too_many_columns", most=COLUMNS)
            yield [cut(cell) for cell in row]
    except csv.Error as error:
        code = "long_cell" if "field limit" in str(error) else "bad_csv"
        raise Refusal(code, row=reader.line_num or 1) from error
