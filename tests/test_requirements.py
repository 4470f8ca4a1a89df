"""Each of the sixty security requirements names its tests, or says why it has none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from test_promises import proofs_in

_FILE = Path(__file__).parent / "requirements.csv"
ROWS = list(csv.DictReader(_FILE.read_text("utf-8").splitlines()))


def test_all_sixty_are_there_once():
    assert [row["id"] for row in ROWS] == [f"S{n:02}" for n in range(1, 61)]
    assert all(None not in row and row["requirement"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_requirement_has_tests_that_exist_or_a_reason(row: dict[str, str]):
    assert row["tests"] or row["why"]
    for test in row["tests"].split():
        path, name = test.split("::")
        assert name in proofs_in(path), f"nobody tests it: {test}"
