"""Workbooks for people: the wrong rows to mend and send again, and a blank one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotReady, mark
from campaigns.register.import_models import ImportRow
from campaigns.register.importing.storing import get_import
from campaigns.register.sheets.printing import set_up_page, widths
from campaigns.vocabulary import RowVerdict

PROBLEM_HEADING = "问题"
BLANK_HEADINGS = (
    "姓名",
    "残疾人证号",
    "残疾类别",
    "多重类别",
    "残疾等级",
    "乡镇（街道）",
    "村（社区）",
    "本人电话",
    "监护人",
    "与本人关系",
    "监护人电话",
    "是否独居",
    "慢性病",
    "备注",
)
_BLANK_ROWS = 500
_WIDTH = 24
_WIDE = 60
_GRADES = ["一级", "二级", "三级", "四级"]
_CATEGORIES = ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]


def correction_workbook(session: Session, import_id: int, to: Path) -> Path:
    """Write the wrong rows to ``to``; wrong cells have colour, a comment and words.

    All cells are text, so that no number loses digits again. The importer takes the
    workbook back as it is. Raises NotReady when nothing was wrong.
    """
    made = get_import(session, import_id)
    found = (
        select(ImportRow.raw, ImportRow.problems, ImportRow.row_number)
        .where(ImportRow.import_id == import_id, ImportRow.verdict == RowVerdict.WRONG)
        .order_by(ImportRow.row_number)
    )
    rows = session.execute(found).all()
    if not rows:
        raise NotReady(mark("这份名册没有要改的行。"))
    headings = list(made.columns)
    with xlsxwriter.Workbook(str(to), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("修改后重传")
        style = _Styles(book)
        sheet.set_column(0, len(headings) - 1, _WIDTH, style.text)
        sheet.set_column(len(headings), len(headings), _WIDE, style.text)
        sheet.freeze_panes(1, 0)
        set_up_page(sheet, 1)
        for column, heading in enumerate([*headings, PROBLEM_HEADING]):
            sheet.write_string(0, column, heading, style.bold)
        for index, (raw, problems, _) in enumerate(rows, 1):
            _row(sheet, index, json.loads(raw or "[]"), problems, style)
            told = "；".join(_words(problem) for problem in problems)
            sheet.write_string(index, len(headings), told, style.text)
    return to


def blank_workbook(to: Path) -> Path:
    """Write an empty list with our headings, as text, with choices where there are."""
    with xlsxwriter.Workbook(str(to)) as book:
        sheet = book.add_worksheet("名册")
        style = _Styles(book)
        for column, width in enumerate(widths(BLANK_HEADINGS, [BLANK_HEADINGS])):
            sheet.set_column(column, column, width, style.text)
        sheet.set_column(1, 1, _WIDTH, style.text)
        sheet.freeze_panes(1, 0)
        set_up_page(sheet, 1)
        for column, heading in enumerate(BLANK_HEADINGS):
            sheet.write_string(0, column, heading, style.bold)
        for heading, choices in (
            ("残疾类别", _CATEGORIES),
            ("残疾等级", _GRADES),
            ("是否独居", ["是", "否"]),
            ("慢性病", ["是", "否"]),
        ):
            column = BLANK_HEADINGS.index(heading)
            rule = {"validate": "list", "source": choices}
            sheet.data_validation(1, column, _BLANK_ROWS, column, rule)
    return to


class _Styles:
    def __init__(self, book: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
        self.text = book.add_format({"num_format": "@"})
        self.bold = book.add_format({"num_format": "@", "bold": True, "border": 1})
        self.wrong = book.add_format({"num_format": "@", "bg_color": "#FFE08A"})


def _row(
    sheet: Any,  # noqa: ANN401
    index: int,
    cells: list[str],
    problems: Iterable[dict[str, Any]],
    style: _Styles,
) -> None:
    wrong = {_column(problem["cell"]): problem for problem in problems}
    for column in range(max(len(cells), *(c + 1 for c in wrong))):
        text = cells[column] if column < len(cells) else ""
        look = style.wrong if column in wrong else style.text
        if text:
            sheet.write_string(index, column, text, look)
        else:
            sheet.write_blank(index, column, None, look)
    for column, problem in wrong.items():
        sheet.write_comment(index, column, _words(problem))


def _words(problem: dict[str, Any]) -> str:
    said = problem["sentence"] + problem["mend"]
    return str(said % problem["values"] if problem["values"] else said)


def _column(address: str) -> int:
    """The index, from 0, of a cell address such as F17."""
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
