"""CSV files in the encodings and with the marks that offices use."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from campaigns.register.sheets.limits import CELL, COLUMNS, Refusal, cut


def open_text(path: str) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """What is known of a CSV file, and its rows. Raises Refusal."""
    text = _decoded(Path(path).read_bytes())
    if not text.strip():
        raise Refusal("empty")
    rows = 1 + (text.count("\n") or text.count("\r"))
    about = {"sheet": "", "others": [], "hidden": [], "merged": [], "rows": rows}
    return about, _records(text)


def _decoded(data: bytes) -> str:
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
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    if good > max(2, bad // 5):
        _damaged(data, first_fault)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        _damaged(data, error.start)


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
        raise Refusal("bad_csv", row=reader.line_num) from error
