from __future__ import annotations

from contextlib import contextmanager

import pytest
from lists import person, workbook
from sqlalchemy import event, func, select

from campaigns.register import importing, places, unit
from campaigns.register.import_models import Import
from campaigns.register.importing import storing
from campaigns.register.models import Member
from campaigns.vocabulary import ImportState, LegalBasis


class PowerCut(BaseException):
    """The process is gone; nothing catches this."""


@pytest.fixture
def checked(database, tmp_path, now):
    """A list of 95 right rows and 5 wrong ones, checked and committed."""
    rows = [person(n) for n in range(1, 96)]
    rows += [person(n, village="云上村") for n in range(101, 106)]
    headings = ["姓名", "残疾人证号", "乡镇", "村", "电话"]
    path = workbook(tmp_path / "list.xlsx", [headings, *rows])
    with database.writing() as session:
        places.load_places(session, places.shipped_rows("510522"), places.SOURCE)
        unit.save_unit(session, place_code="510522", name="县", signature="合江县残联")
        return importing.check_file(
            session,
            path,
            file_name="list.xlsx",
            legal_basis=LegalBasis.STATUTORY,
            made_by=None,
            now=now,
        ).id


@pytest.mark.parametrize("statement", range(0, 14, 2))
def test_a_power_cut_anywhere_and_again_gives_everybody_once(
    database, checked, now, monkeypatch, statement
):
    monkeypatch.setattr(storing, "BATCH", 40)
    written = iter(range(100))

    def cut(*_):
        if next(written) == statement:
            raise PowerCut

    event.listen(database.engine, "before_cursor_execute", cut)
    with pytest.raises(PowerCut):
        importing.take_in(database.writing, checked, now=now)
    event.remove(database.engine, "before_cursor_execute", cut)
    figures = importing.take_in(database.writing, checked, now=now)
    assert (figures["new"], figures["wrong"]) == (95, 5)
    with database.reading() as session:
        people = session.execute(
            select(func.count(), func.count(Member.identity.distinct()))
        ).one()
        made = session.get(Import, checked)
        assert tuple(people) == (95, 95)
        assert (made.state, made.done_rows) == (ImportState.IMPORTED, 95)


def test_batches_are_committed_one_by_one_and_told(database, checked, now, monkeypatch):
    monkeypatch.setattr(storing, "BATCH", 40)
    committed, told = [], []

    @contextmanager
    def sessions():
        with database.writing() as session:
            yield session
        with database.reading() as session:
            committed.append(session.scalar(select(func.count(Member.id))))

    importing.take_in(
        sessions, checked, now=now, progress=lambda n, of: told.append((n, of))
    )
    assert committed == [40, 80, 95, 95]
    assert told[-1] == (95, 95)
