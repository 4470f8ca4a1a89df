"""Exported workbooks open without a repair.

No spreadsheet program is at hand where tests run: what such programs check before
they open a file is checked here, strictly, and openpyxl reads each file as well.
"""

from __future__ import annotations

import io
import zipfile

import factories
import openpyxl
import pytest
import workbook_check

from campaigns.delivery import launching
from campaigns.fieldwork import announcements
from campaigns.fieldwork.village_pages import play_log
from campaigns.register.scope import Scope
from campaigns.reporting.daily import filing, periods
from campaigns.reporting.daily.clock import day_of
from campaigns.reporting.daily.filing import Entry
from campaigns.reporting.daily.workbook import write_daily
from campaigns.reporting.exporting import heading_of, write_workbook
from campaigns.reporting.person_by_person import write_persons
from campaigns.reporting.play_log import write_play_log
from campaigns.reporting.statistics import campaign_statistics

NOW = factories.NOW
KINDS = ("campaign", "persons", "daily", "play_log", "empty_log")


@pytest.fixture
def county(session):
    factories.unit(session)
    factories.places(session)
    periods.open_period(session, "抗寒保暖", by=1, now=NOW)
    for n in range(5):
        factories.member(session, name="=1+1" if n else "测试")
    made = factories.campaign(session, channels=["sms", "loudspeaker"])
    launching.launch(session, made.id, NOW)
    announcements.prepare(session, made.id, NOW)
    return made


def written(session, campaign, kind, language="zh") -> bytes:
    file, today = io.BytesIO(), day_of(NOW)
    seen = campaign_statistics(session, campaign.id, now=NOW)
    if kind == "campaign":
        write_workbook(seen, file, unit="合江县残联", names={}, language=language)
    elif kind == "persons":
        heading = heading_of(seen, "合江县残联", language)
        write_persons(
            session,
            campaign.id,
            file,
            scope=Scope.everything(),
            names={},
            heading=heading,
        )
    elif kind == "daily":
        entry = Entry(zero=True, words={"remarks": "=cmd|'/c calc'!A1"})
        report = filing.file_report(session, "510522", today, entry, by=1, now=NOW)
        write_daily(report, file, "合江县", language)
    else:
        rows = play_log(session, ["510522"], NOW, NOW)
        dates = {"since": today, "until": today}
        write_play_log(rows, file, unit="合江县", language=language, **dates)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_needs_no_repair_and_prints_on_landscape(
    session, county, kind, language
):
    content = written(session, county, kind, language)
    assert workbook_check.faults(content) == []
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        assert sheet.print_title_rows == "$1:$3"
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not any(cell.data_type == "f" for cell in cells)


def test_codes_and_numbers_that_look_like_numbers_stay_text(session, county):
    content = written(session, county, "daily")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["日报"]
    assert (sheet["B4"].data_type, sheet["B4"].value) == ("s", "510522")


def test_the_check_finds_what_a_program_would_repair(session, county):
    content = written(session, county, "daily")
    broken = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
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
