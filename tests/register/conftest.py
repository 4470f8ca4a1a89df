"""A county with its real places, and ways to check and take in a list."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest
from lists import HEADINGS, workbook
from sqlalchemy.orm import Session

from campaigns.register import importing, places, unit
from campaigns.vocabulary import LegalBasis


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
