"""A file's cells, row by row, read by a child process that may fail without harm."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any, cast

from campaigns.errors import Unreadable, mark
from campaigns.register.sheets.limits import SECONDS

BYTES_AT_MOST = 50 << 20
_CHILD = "campaigns.register.sheets.child"
_HEAD = 4096
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<style", b"<div")

_SENTENCES = {
    "missing": mark("没有收到文件。请重新选择。"),
    "too_large": mark("文件超过 50 MB。请删去不用的列和图片，或分成几份再上传。"),
    "too_big": mark("文件展开后太大，读不完。请只留名册这一张表，再上传。"),
    "too_slow": mark("文件读了 60 秒还没有读完。请分成几份再上传。"),
    "bomb": mark("文件展开后大得不正常，没有读。请在表格软件里另存为新的 .xlsx。"),
    "too_many_rows": mark("文件超过 %(most)s 行。请分成几份再上传。"),
    "too_many_columns": mark("文件超过 %(most)s 列。请删去不用的列，再上传。"),
    "password": mark("文件有密码。请在表格软件里去掉密码，再上传。"),
    "corrupt": mark("文件打不开，可能没有传完整。请在表格软件里打开，另存后再上传。"),
    "entities": mark(
        "文件里有表格不该有的定义，没有读。请在表格软件里另存为新的 .xlsx。"
    ),
    "macro": mark("文件带有宏，没有读。请另存为不带宏的 .xlsx，再上传。"),
    "xlsb": mark("不能读 .xlsb。请另存为 .xlsx，再上传。"),
    "html": mark("这是网页，里面没有表格。请用表格软件打开，另存为 .xlsx，再上传。"),
    "not_a_table": mark("这不是表格文件。能读的有 .xlsx、.xls、.ods 和 .csv。"),
    "no_sheet": mark("工作簿里没有“%(sheet)s”这张表。请用没有改过表名的原文件。"),
    "empty": mark("文件是空的。请选有名册的那一份。"),
    "encoding": mark("文字编码认不出来。请另存为“CSV UTF-8”或 .xlsx，再上传。"),
    "bad_text": mark(
        "第 %(row)s 行有读不出的字，文件可能混了两种编码。请另存为 .xlsx，再上传。"
    ),
    "another_encoding": mark(
        "文件像是 %(name)s 编码，不是简体中文的。请另存为“CSV UTF-8”或 .xlsx，再上传。"
    ),
    "long_cell": mark("第 %(row)s 行有一格长得不正常。请改正，再上传。"),
    "bad_csv": mark("第 %(row)s 行的引号不成对。请改正，或另存为 .xlsx，再上传。"),
}


@dataclass(slots=True)
class Table:
    """One sheet: its rows come in the order of the file, the first being row 1.

    ``merged`` holds first row, first column, last row, last column, from 0. Cells are
    text, numbers, truth values or None; dates are ISO text. Empty rows are ``[]``.
    ``hidden_rows`` count from 1; ``formulas`` are columns from 0 with results in them;
    ``page`` tells that it was a web page.
    """

    rows_expected: int
    rows: Iterator[list[Any]] = field(repr=False)
    sheet: str
    page: bool
    merged: list[list[int]]
    others: list[str]
    hidden: list[str]
    hidden_rows: list[int]
    formulas: list[int]


def refused(code: str, **values: object) -> Unreadable:
    """The error for a code of the child."""
    return Unreadable(_SENTENCES[code], "", **values)


@contextlib.contextmanager
def open_table(path: Path, sheet: str = "") -> Iterator[Table]:
    """Read ``path`` in a child of limited memory and time. Raises Unreadable.

    Without ``sheet`` the longest visible one is read.
    """
    kind = _kind(path)
    child = subprocess.Popen(  # noqa: S603 - our own script, arguments as a list
        [sys.executable, "-I", "-m", _CHILD, str(path), kind, sheet],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",  # a killed child may leave half a character
    )
    try:
        lines = _lines(child)
        about = next(lines)
        rows = (row for batch in lines for row in batch)
        yield Table(about.pop("rows"), rows, **about)
    finally:
        child.kill()
        child.communicate()


def _lines(child: subprocess.Popen[str]) -> Iterator[Any]:
    pipe = cast("IO[str]", child.stdout)
    late = Event()
    left = float(SECONDS)
    while True:
        asked = time.monotonic()
        with _killed_after(left, child, late):
            line = pipe.readline()
        # Only what we waited counts: the checking of the rows may take its time.
        left -= time.monotonic() - asked
        if not line.endswith("\n"):  # killed, by the clock or by its memory limit
            raise refused("too_slow" if late.is_set() else "too_big")
        answer = json.loads(line)
        if isinstance(answer, dict) and "refused" in answer:
            raise refused(answer.pop("refused"), **answer)
        if isinstance(answer, dict) and "end" in answer:
            return
        yield answer


@contextlib.contextmanager
def _killed_after(
    seconds: float, child: subprocess.Popen[str], late: Event
) -> Iterator[None]:
    timer = Timer(seconds, _stop, (child, late))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _stop(child: subprocess.Popen[str], late: Event) -> None:
    late.set()
    child.kill()


def _kind(path: Path) -> str:
    """By its first bytes, never by its name: zip, ole, page or text."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            rest = file.read() if head.startswith(b"\xd0\xcf\x11\xe0") else b""
    except OSError as error:
        raise refused("missing") from error
    if size > BYTES_AT_MOST:
        raise refused("too_large")
    if not head:
        raise refused("empty")
    if head.startswith(b"PK"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if _ENCRYPTED in head + rest:
            raise refused("password")
        return "ole"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_HTML):
        return "page"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")):
        raise refused("not_a_table")
    return "text"
