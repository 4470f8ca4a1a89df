from __future__ import annotations

from collections import Counter

import openpyxl
import pytest

from campaigns.register.certificates import read_certificate
from campaigns.register.phones import split_phones, unusual
from outreach.roster import make_roster


def rows_of(path):
    sheet = openpyxl.load_workbook(path).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("roster") / "roster.xlsx"
    facts = make_roster(path, 2000)
    return path, facts, rows_of(path)


def test_it_looks_like_what_offices_write(roster):
    _, facts, rows = roster
    assert "花名册" in rows[0][0]
    assert rows[2][:4] == ["序号", "姓名", "性别", "残疾证号"]
    assert rows[-1][0] == "合计"
    assert len(rows) == 3 + facts.members + facts.faults + 1


def test_nobody_in_it_can_exist(roster):
    _, _, rows = roster
    for row in rows[3:2003]:
        assert read_certificate(row[3]).number.startswith("510599")
        for cell in (row[9], row[12]):
            for phone in split_phones(cell or ""):
                assert unusual(f"+86{phone}")


def test_the_mix_of_categories_is_the_fields(roster):
    _, _, rows = roster
    counts = Counter(row[4] for row in rows[3:2003])
    assert 0.47 < counts["肢体残疾"] / 2000 < 0.55
    assert 0.14 < counts["精神残疾"] / 2000 < 0.20
    assert len(counts) == 7


def test_the_importer_takes_the_right_rows_and_names_the_planted_faults(roster, check):
    path, facts, _ = roster
    made = check(path)
    assert (made.figures["new"], made.figures["wrong"]) == (2000, facts.faults)
    assert facts.faults == 25


def test_the_same_seed_gives_the_same_people(roster, tmp_path):
    _, _, rows = roster
    make_roster(tmp_path / "again.xlsx", 2000)
    assert rows_of(tmp_path / "again.xlsx") == rows
