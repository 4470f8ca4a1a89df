"""Exported workbooks open without a repair.

What spreadsheet programs check before they open a file is checked here, strictly, and
openpyxl reads each file as well; ``make test-office`` asks LibreOffice itself.
"""

from __future__ import annotations

import io
import zipfile

import exported
import openpyxl
import pytest
import workbook_check

from campaigns.orm import Base
from outreach.database import connect

HEADS = {"correction": 1, "blank": 1, "portal": 1}
"""Rows that are repeated on every page, where it is not three."""
LEGIBLE = 188
"""Characters across a page: more would be printed in letters below 9 points."""
PAGE = {"盖章页", "Page to stamp", "page to stamp"}
"""The sheet whose blocks have heads of their own: title and unit are repeated."""


@pytest.fixture(scope="module", params=["zh", "en"])
def books(request, tmp_path_factory):
    """Every exported workbook by name."""
    folder = tmp_path_factory.mktemp("workbooks")
    database = connect(f"sqlite+pysqlite:///{folder / 'county.db'}")
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        made = exported.exported(session, folder, language=request.param)
    database.dispose()
    return made


def test_whatever_writes_a_workbook_is_looked_at():
    assert exported.writers() == exported.COVERED


def test_a_workbook_needs_no_repair_and_prints_on_landscape(books):
    for name, path in books.items():
        assert workbook_check.faults(path.read_bytes()) == [], name
        for sheet in openpyxl.load_workbook(path):
            head = 2 if sheet.title in PAGE else HEADS.get(name, 3)
            assert sheet.print_title_rows == f"$1:${head}", name
            cells = [cell for row in sheet.iter_rows() for cell in row]
            assert not any(cell.data_type == "f" for cell in cells), name


def test_the_daily_report_is_signed_on_one_page_in_letters_to_read(books):
    book = openpyxl.load_workbook(books["daily_county"])
    page, day = book.worksheets[:2]
    figures = {cell.value for row in page.iter_rows() for cell in row}
    assert {cell.value for cell in day[3][4:]} <= figures, "a figure is on no block"
    assert sum(_widths(page)) <= LEGIBLE
    for sheet in book.worksheets:
        across, wide = sheet.page_setup.fitToWidth or 1, _widths(sheet)
        assert sum(wide) / across <= LEGIBLE, sheet.title
        assert across == 1 or sheet.print_title_cols, sheet.title


def test_codes_and_numbers_that_look_like_numbers_stay_text(books):
    sheet = openpyxl.load_workbook(books["daily_county"]).worksheets[1]
    assert (sheet["B4"].data_type, sheet["B4"].value) == ("s", "510522")
    numbers = openpyxl.load_workbook(books["portal"]).worksheets[0]
    assert {cell.data_type for cell in numbers["A"]} == {"s"}


def _widths(sheet) -> list[float]:
    return [it.width for it in sheet.column_dimensions.values() if it.width]


def test_the_check_finds_what_a_program_would_repair(books):
    broken = io.BytesIO()
    with (
        zipfile.ZipFile(books["daily_county"]) as old,
        zipfile.ZipFile(broken, "w") as new,
    ):
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace(b't="s"><v>0<', b't="s"><v>99999<')
            if name != "xl/worksheets/sheet2.xml":
                new.writestr(name, text)
    found = workbook_check.faults(broken.getvalue())
    assert any("no string for" in it for it in found)
    assert any("points at" in it for it in found)
