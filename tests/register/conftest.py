"""A county with its real places, and lists written as offices write them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from campaigns.register import importing, places, unit
from campaigns.register.certificates import check_digit
from campaigns.vocabulary import LegalBasis

HEADINGS = ["姓名", "残疾人证号", "乡镇（街道）", "村（社区）", "联系电话"]


def fill(session: Session) -> Session:
    """合江县 with its 21 townships and 239 villages, and its unit."""
    places.load_places(session, places.shipped_rows("510522"), places.SOURCE)
    unit.save_unit(
        session, place_code="510522", name="合江县残联", signature="合江县残联"
    )
    return session


@pytest.fixture
def county(session):
    return fill(session)


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


@pytest.fixture
def check(county, tmp_path, now):
    """Check rows under ``HEADINGS``, or a file."""

    def checked(rows, *, headings=HEADINGS, by=None, **given):
        path = rows
        if not isinstance(rows, Path):
            path = workbook(tmp_path / "list.xlsx", [headings, *rows])
        basis = given.pop("basis", LegalBasis.STATUTORY)
        return importing.check_file(
            county,
            path,
            file_name=path.name,
            legal_basis=basis,
            made_by=by,
            now=now,
            **given,
        )

    return checked


@pytest.fixture
def take(county, now):
    """Take in an import inside the test's transaction."""

    @contextmanager
    def sessions():
        yield county
        county.flush()

    return lambda made: importing.take_in(sessions, made.id, now=now)
