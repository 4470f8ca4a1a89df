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
            assert sheet.print_title_rows == f"$1:${HEADS.get(name, 3)}", name
            cells = [cell for row in sheet.iter_rows() for cell in row]
            assert not any(cell.data_type == "f" for cell in cells), name


def test_codes_and_numbers_that_look_like_numbers_stay_text(books):
    sheet = openpyxl.load_workbook(books["daily_county"]).worksheets[0]
    assert (sheet["B4"].data_type, sheet["B4"].value) == ("s", "510522")
    numbers = openpyxl.load_workbook(books["portal"]).worksheets[0]
    assert {cell.data_type for cell in numbers["A"]} == {"s"}


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
