"""Lists of people as offices write them; nobody in them exists."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from campaigns.register.certificates import check_digit

HEADINGS = ["姓名", "残疾人证号", "乡镇（街道）", "村（社区）", "联系电话"]


def certificate(n=1, tail="43", born="19701010"):
    """The ``n``th made-up certificate number of a county that does not exist."""
    first = f"510599{born}{n:03d}"
    return first + check_digit(first) + tail


def person(n=1, **given):
    """A row of ``HEADINGS`` that is right."""
    row = {
        "name": f"测试{'一二三四五六七八九十'[n % 10]}",
        "certificate": certificate(n),
        "township": "福宝镇",
        "village": "穆村",
        "phone": f"140{n:08d}",
    }
    return list({**row, **given}.values())


def workbook(path: Path, rows, *, merge=()):
    """Save ``rows`` as the one sheet of an .xlsx."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    book.save(path)
    return path
