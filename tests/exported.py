"""Every workbook that leaves the service, written from one small county's rows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import factories
from lists import HEADINGS, certificate, person, workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery import launching, portal, portal_files
from campaigns.fieldwork import announcements, deeds, visit_pages, visits
from campaigns.fieldwork.mending import to_mend
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.village_pages import play_log
from campaigns.planning.listing import list_campaigns
from campaigns.planning.models import Campaign
from campaigns.register import importing, places
from campaigns.register.importing import correcting
from campaigns.register.models import Place
from campaigns.register.scope import Scope
from campaigns.reporting import spans
from campaigns.reporting.daily import filing, periods
from campaigns.reporting.daily.filing import Entry
from campaigns.reporting.daily.workbook import write_daily
from campaigns.reporting.exporting import heading_of, write_workbook
from campaigns.reporting.mend_list import write_mend_list
from campaigns.reporting.overview import overviews
from campaigns.reporting.overview_files import write_overview
from campaigns.reporting.people_list import write_people
from campaigns.reporting.person_by_person import write_persons
from campaigns.reporting.play_log import write_play_log
from campaigns.reporting.statistics import campaign_statistics
from campaigns.reporting.visit_ledger import write_visit_ledger
from campaigns.shanghai import day_of
from campaigns.vocabulary import Category, LegalBasis, Level, NumberStatus, Urgency
from outreach.roster import make_roster

NOW = factories.NOW
TODAY = day_of(NOW)
COUNTY, CITY, VILLAGE = "510522", "5105", "510522112202"
UNITS = {"village": 12, "township": 9, "county": 6, "city": 4}
ROOT = Path(__file__).parent.parent
COVERED = {
    "campaigns/delivery/portal_files.py",
    "campaigns/register/importing/correcting.py",
    "campaigns/reporting/daily/workbook.py",
    "campaigns/reporting/exporting.py",
    "campaigns/reporting/mend_list.py",
    "campaigns/reporting/overview_files.py",
    "campaigns/reporting/people_list.py",
    "campaigns/reporting/person_by_person.py",
    "campaigns/reporting/play_log.py",
    "campaigns/reporting/visit_ledger.py",
    "outreach/roster.py",
}
"""The modules that write a workbook, each with one of its workbooks below."""


def writers() -> set[str]:
    """Modules that make a workbook: with XlsxWriter, or through ``write_list``.

    The module of ``write_list`` writes what its callers name, and each caller counts.
    """
    texts = {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for folder in ("audio", "campaigns", "outreach")
        for path in (ROOT / folder).rglob("*.py")
    }
    makes = re.compile(r"\nimport xlsxwriter\n|\bwrite_list\(")
    found = {name for name, text in texts.items() if makes.search(text)}
    return found - {name for name in found if "\ndef write_list(" in texts[name]}


def county(session: Session, people: int) -> Campaign:
    """The demo county with a campaign that was sent, played and visited."""
    session.add(Place(code=CITY, name="泸州市", level=Level.CITY))
    places.load_places(session, places.shipped_rows(COUNTY), places.SOURCE)
    session.get_one(Place, COUNTY).parent = CITY
    factories.unit(session)
    periods.open_period(session, "抗寒保暖", by=1, now=NOW)
    shipped = places.shipped_rows(COUNTY)
    villages = [row for row in shipped if row.level is Level.VILLAGE]
    for n in range(people):
        village = villages[n % len(villages)]
        given = {"phone": None} if n % 5 == 0 else {}
        if n % 7 == 0:
            given["number_status"] = NumberStatus.SUSPECT
        factories.member(
            session,
            name="=1+1" if n % 3 else "欧阳测试",
            category=list(Category)[n % 6],
            township=village.above,
            village=village.code,
            **given,
        )
    made = factories.campaign(
        session,
        channels=["sms", "loudspeaker"],
        provider="portal_file",
        urgency=Urgency.MUST_REACH,
    )
    launching.launch(session, made.id, NOW)
    announcements.prepare(session, made.id, NOW)
    clip = {"seconds": 61.5, "lufs": -16.1}
    for township in announcements.townships_without_clip(session, made.id):
        announcements.attach_clip(session, made.id, township, "a" * 64, clip, NOW)
    heard = select(Announcement.id).order_by(Announcement.village).limit(30)
    for key in session.scalars(heard).all():
        play = Play(TODAY, ("07:30", "18:30"))
        deeds.record_played(session, key, play, way="link", now=NOW)
    visits.open_visits(session, NOW)
    return made


def exported(
    session: Session, folder: Path, *, people: int = 5, language: str = "zh"
) -> dict[str, Path]:
    """Write each workbook into ``folder``; return them by name."""
    made = county(session, people)
    session.flush()
    every, unit = Scope.everything(), "合江县残联"
    seen = campaign_statistics(session, made.id, now=NOW)
    to = {
        name: folder / f"{name}.xlsx"
        for name in (
            *("campaign", "persons", "play_log", "empty_log", "mend_list", "visits"),
            *(
                "overview",
                "no_campaign",
                "people",
                "portal",
                "correction",
                "blank",
                "roster",
            ),
            *("daily_village", "daily_township", "daily_county", "daily_city"),
        )
    }
    write_workbook(seen, to["campaign"], unit=unit, names={}, language=language)
    found = overviews(session, [made.id])
    lines = [(row, found[row.id]) for row in list_campaigns(session)]
    year = spans.named("this_year", TODAY)
    for name, some in (("overview", lines), ("no_campaign", [])):
        write_overview(some, to[name], span=year, unit=unit, language=language)
    heading = heading_of(seen, unit, language)
    write_persons(
        session, made.id, to["persons"], scope=every, names={}, heading=heading
    )
    write_people(
        session,
        every,
        to["people"],
        whole=True,
        with_category=True,
        names=places.names_by_code(session, COUNTY),
        heading=replace(heading, mark="第 7 号 县残联 刘主任 2026-11-23 12:00"),
    )
    played = play_log(session, [COUNTY], NOW, NOW + timedelta(days=1))
    dates = {"since": TODAY, "until": TODAY, "unit": unit, "language": language}
    write_play_log(played, to["play_log"], **dates)
    write_play_log([], to["empty_log"], **dates)
    same = {"unit": unit, "now": NOW, "language": language}
    write_mend_list(to_mend(session, every), to["mend_list"], **same)
    rows = visit_pages.ledger_rows(session, every, NOW)
    write_visit_ledger(rows, to["visits"], **same)
    for name, digits in UNITS.items():
        code = VILLAGE[:digits]
        entry = Entry(zero=True, words={"remarks": "=cmd|'/c calc'!A1"})
        report = filing.file_report(session, code, TODAY, entry, by=1, now=NOW)
        of = session.get_one(Place, code).name
        # Filed in Chinese, whoever files it: the city reads it back.
        write_daily(report, to[f"daily_{name}"], of)
    (batch,) = portal.make_batches(session, made.id, by=1, now=NOW)
    portal_files.batch_file(session, batch.id, to["portal"], NOW)
    wrong = [person(n, certificate=certificate(n)[:-1]) for n in range(1, people + 1)]
    listed = importing.check_file(
        session,
        workbook(folder / "list.in", [HEADINGS, *wrong]),
        file_name="list.xlsx",
        legal_basis=LegalBasis.STATUTORY,
        made_by=None,
        now=NOW,
    )
    correcting.correction_workbook(session, listed.id, to["correction"])
    correcting.blank_workbook(to["blank"])
    make_roster(to["roster"], people)
    return to
