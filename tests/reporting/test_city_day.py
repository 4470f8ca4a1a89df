"""A day in a city of 7 counties and 1,979 villages, played through by the clock.

Plays, misses, late receipts, zero reports, a late report and a correction end in the
workbooks that a city files, compared cell by cell with what was done.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count, islice

import factories
import openpyxl
import pytest
from sqlalchemy import select

from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message, Reply
from campaigns.delivery.people import settle
from campaigns.fieldwork import announcements, deeds
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.playing import Play
from campaigns.orm import Base
from campaigns.register.models import Member, Place
from campaigns.reporting.daily import city, filing, lookup, periods, standing
from campaigns.reporting.daily.columns import COLUMNS, TYPED
from campaigns.reporting.daily.filing import Entry
from campaigns.reporting.daily.workbook import write_daily
from campaigns.vocabulary import Level, MessageState, Reason
from campaigns.words import word
from outreach.database import connect

CITY = "6299"
COUNTIES = [f"{CITY}{n:02d}" for n in range(21, 28)]
TOWNSHIPS, VILLAGES, COMMUNITIES = 122, 1979, 92
EVERY = 4
"""One member in every fourth village: enough to count, quick to send."""

FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 2)
FACTS = {"seconds": 60, "lufs": -16.0}
TITLES = {column.key: word(column.code) for column in COLUMNS}
LATE_COUNTY, CORRECTED, ZERO = COUNTIES[6], COUNTIES[0], COUNTIES[3]


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2026, 12, day, hour - 8, minute, tzinfo=UTC)


@dataclass
class Done:
    """What was done, kept beside the product to compare its workbooks with."""

    villages: dict[str, list[str]] = field(default_factory=dict)
    slots: Counter[str] = field(default_factory=Counter)
    missed: set[str] = field(default_factory=set)
    texts: dict[str, Counter[str]] = field(default_factory=dict)
    replied: Counter[str] = field(default_factory=Counter)
    typed: dict[str, Counter[str]] = field(default_factory=dict)
    holders: Counter[str] = field(default_factory=Counter)

    def expected(self, county: str) -> dict[str, int]:
        """The day's figures of a county, from what was done alone."""
        villages = [v for town in self.towns(county) for v in self.villages[town]]
        plays = sum(self.slots[v] for v in villages)
        played = {v for v in villages if self.slots[v]}
        holders = self.holders[county]
        return {
            **dict.fromkeys(TITLES, 0),
            **self.texts[county],
            **self.typed[county],
            "messages": self.texts[county].total(),
            "parts": self.texts[county].total(),
            "recipients": self.texts[county].total(),
            "holders": holders,
            "to_contact": holders,
            "today": self.replied[county],
            "contacted": self.replied[county],
            "villages_due": len(villages),
            "villages_played": len(played),
            "villages_missed": len(self.missed & set(villages) - played),
            "plays": plays,
            "readings": 2 * plays,
            "seconds": 120 * plays,
        }

    def towns(self, county: str) -> list[str]:
        return [town for town in self.villages if town.startswith(county)]


def map_of_the_city(session) -> Done:
    done, names = Done(), count(1)
    session.add(Place(code=CITY, name="试验市", level=Level.CITY))
    for n, county in enumerate(COUNTIES):
        session.add(
            Place(code=county, name=f"试验{n + 1}县", level=Level.COUNTY, parent=CITY)
        )
    for n in range(TOWNSHIPS):
        county = COUNTIES[n % 7]
        town = f"{county}{100 + n // 7:03d}"
        done.villages[town] = []
        name = f"第{n + 1}镇"
        session.add(Place(code=town, name=name, level=Level.TOWNSHIP, parent=county))
    done.villages = dict(sorted(done.villages.items()))
    towns = list(done.villages)
    for n in range(VILLAGES):
        town = towns[n % TOWNSHIPS]
        kind, first = ("社区", 1) if n < COMMUNITIES else ("村", 201)
        code = f"{town}{first + len(done.villages[town]):03d}"
        done.villages[town].append(code)
        name = f"{next(names)}号{kind}"
        session.add(Place(code=code, name=name, level=Level.VILLAGE, parent=town))
    session.flush()
    return done


def people(session, done: Done) -> None:
    everywhere = [v for town in done.villages for v in done.villages[town]]
    for village in everywhere[::EVERY]:
        factories.member(session, township=village[:9], village=village)
        done.holders[village[:6]] += 1


def campaign(session):
    made = factories.campaign(
        session, channels=["sms", "loudspeaker"], due_at=at(9), approved_at=at(9)
    )
    launching.launch(session, made.id, at(9))
    announcements.prepare(session, made.id, at(9))
    for town in session.scalars(select(Announcement.township).distinct()).all():
        announcements.attach_clip(session, made.id, town, "a" * 64, FACTS, at(9))
    return made


def receipts(session, made, done: Done) -> list[Message]:
    """Most arrive at once, some are off, the last wait; returns those that wait."""
    rows = select(Message).where(Message.campaign_id == made.id)
    waiting = []
    for n, message in enumerate(session.scalars(rows.order_by(Message.id)).all()):
        key = "delivered" if n % 10 < 7 else "absent" if n % 10 < 9 else "temporary"
        done.texts.setdefault(message.township[:6], Counter())[key] += 1
        states = {
            "delivered": (MessageState.DELIVERED, Reason.NONE),
            "absent": (MessageState.UNDELIVERED, Reason.ABSENT),
            "temporary": (MessageState.SENT, Reason.NONE),
        }
        if key == "temporary":
            waiting.append(message)
        move(message, *states[key], at(10))
    told(session, made)
    return waiting


def move(message, state, reason, when) -> None:
    message.was, message.was_reason = message.state, message.reason
    message.state, message.reason, message.parts = int(state), reason, 1
    message.accepted_at = message.accepted_at or when
    message.finished_at = when


def told(session, made, ids=()) -> None:
    session.flush()
    rows = select(*tally.MOVED).where(Message.campaign_id == made.id)
    if ids:
        rows = rows.where(Message.id.in_(ids))
    settle(session, session.execute(rows).all())


def replies(session, done: Done) -> None:
    for n, member in enumerate(session.scalars(select(Member).limit(40)).all()):
        session.add(
            Reply(
                provider="simulator",
                provider_ref=f"r{n}",
                phone_index=member.phone_index,
                phone=member.phone,
                text="收到",
                member_id=member.id,
                received_at=at(11),
            )
        )
        done.replied[member.township[:6]] += 1
    session.flush()


def loudspeakers(session, done: Done) -> None:
    """Of twelve villages ten play, one tells why not, one says nothing."""
    keys = dict(session.execute(select(Announcement.village, Announcement.id)).all())
    for n, (village, key) in enumerate(sorted(keys.items())):
        if n % 12 == 11:
            continue
        if n % 12 == 10:
            deeds.record_missed(session, key, "power", way="phone", now=at(12))
            done.missed.add(village)
            continue
        slots = ("07:30", "11:50")[: 1 + n % 2]
        deeds.record_played(session, key, Play(FIRST, slots), way="link", now=at(12))
        done.slots[village] = len(slots)


def reports(session, done: Done) -> None:
    """Villages of one county, every township but one, and every county."""
    silent = done.towns(CORRECTED)[-1]
    for county in COUNTIES:
        done.typed[county] = Counter()
    some = done.towns(COUNTIES[1])
    for town in some:
        for village in done.villages[town]:
            entry = Entry(typed={"found": 1, "visits": 2})
            file(session, village, entry, at(14, 50))
            done.typed[COUNTIES[1]].update(entry.typed)
    for town in done.villages:
        if town == silent or town.startswith(ZERO):
            continue
        entry = Entry(typed={"found": 2, "solved": 1, "visits": 3, "need_doctor": 1})
        when = at(16, 20) if town == done.towns(LATE_COUNTY)[0] else at(15, 20)
        file(session, town, entry, when)
        if when < at(16) or town[:6] == LATE_COUNTY:
            done.typed[town[:6]].update(entry.typed)
    for town in done.towns(ZERO):
        file(session, town, Entry(zero=True), at(15, 10))
    for county in COUNTIES:
        zero = Entry(zero=True)
        file(session, county, zero, at(16, 32) if county == LATE_COUNTY else at(15, 50))


def file(session, unit, entry, when, day=FIRST):
    return filing.file_report(session, unit, day, entry, by=1, now=when)


def correct(session, done: Done) -> None:
    """The silent township reports after all, and its county corrects."""
    silent = done.towns(CORRECTED)[-1]
    file(session, silent, Entry(typed={"found": 7}), at(16, 40))
    filing.correct(
        session,
        CORRECTED,
        FIRST,
        Entry(zero=True),
        reason="补上晚报的一个镇",
        by=1,
        now=at(17),
    )
    done.typed[CORRECTED]["found"] += 7


def late_receipts(session, made, waiting) -> Counter[str]:
    late: Counter[str] = Counter()
    for message in waiting:
        move(message, MessageState.DELIVERED, Reason.NONE, at(18))
        late[message.township[:6]] += 1
    told(session, made, [message.id for message in waiting])
    return late


@pytest.fixture
def offices(tmp_path):
    """Two installations: the counties' (one file stands for all) and the city's."""
    made = []
    for name in ("counties", "city"):
        database = connect(f"sqlite+pysqlite:///{tmp_path / name}.db")
        Base.metadata.create_all(database.engine)
        made.append(database)
    yield made
    for database in made:
        database.dispose()


def city_hall(session) -> None:
    factories.unit(session, place_code=CITY, name="试验市残联", signature="试验市残联")
    map_of_the_city(session)
    periods.open_period(session, "抗寒保暖", by=1, now=at(8))


def handed_over(session, county, folder, day=FIRST):
    report = lookup.valid_report(session, county, day)
    path = folder / f"{county}_{day}.xlsx"
    write_daily(report, path, lookup.get_unit(session, county).name)
    return path


def rows_of(path, sheet):
    """Rows of a sheet from the headings to 合计, as dictionaries."""
    cells = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    body = cells[3 : next(n for n, row in enumerate(cells) if n > 3 and not any(row))]
    return [dict(zip(cells[2], row, strict=True)) for row in body]


def figures(row) -> dict[str, int]:
    return {key: row[title] for key, title in TITLES.items()}


def test_a_day_in_a_city_ends_in_workbooks_that_add_up(offices, tmp_path):
    with offices[0].writing() as session:
        factories.unit(session, place_code=CITY, name="七县", signature="七县残联")
        done = map_of_the_city(session)
        assert sum(map(len, done.villages.values())) == VILLAGES
        people(session, done)
        periods.open_period(session, "抗寒保暖", by=1, now=at(8))
        made = campaign(session)
        waiting = receipts(session, made, done)
        replies(session, done)
        loudspeakers(session, done)
        reports(session, done)
        correct(session, done)
        late = late_receipts(session, made, waiting)
        files = {c: handed_over(session, c, tmp_path) for c in COUNTIES}
        late_file = next_day(session, tmp_path)
    for county, path in files.items():
        the_county_sheet_is_what_was_done(path, done.expected(county))
    spoilt = tampered(files[COUNTIES[2]], tmp_path / "spoilt.xlsx")
    with offices[1].writing() as session:
        city_hall(session)
        for county, path in files.items():
            if county == COUNTIES[2]:
                returned_with_addresses(session, spoilt)
                took(session, path, at(16, 10))
            else:
                took(session, path, at(17, 5) if county == CORRECTED else at(15, 55))
        rows = standing.standings(session, CITY, FIRST, at(18))
        assert standing.counted(rows).filed == 7
        assert {row.unit for row in rows if row.late} == {CORRECTED}
        total = file(session, CITY, Entry(zero=True), at(18))
        wanted = sum((Counter(done.expected(c)) for c in COUNTIES), Counter[str]())
        assert total.figures == {key: wanted[key] for key in TITLES}
        path = tmp_path / "city.xlsx"
        write_daily(total, path, "试验市")
        took(session, late_file, at(15, 55, 2))
        the_next_day_tells_what_was_late(session, late[COUNTIES[1]])
    the_city_sheet_adds_up_at_every_level(path, done)


def next_day(session, folder):
    file(session, COUNTIES[1], Entry(zero=True), at(15, 50, 2), SECOND)
    return handed_over(session, COUNTIES[1], folder, SECOND)


def the_county_sheet_is_what_was_done(path, expected):
    whole, late, total = rows_of(path, word("daily_report"))
    assert figures(whole) == expected
    assert not any(value for value in figures(late).values())
    assert total[TITLES["messages"]] == expected["messages"]


def tampered(path, to):
    """The workbook with one figure of 合计 and one result changed by hand."""
    book = openpyxl.load_workbook(path)
    day = book[word("daily_report")]
    for column in range(1, day.max_column + 1):
        if day.cell(3, column).value == TITLES["delivered"]:
            day.cell(4, column).value += 5
    book.save(to)
    return to


def returned_with_addresses(session, path):
    report, faults = city.take_in_workbook(session, CITY, path, by=1, now=at(15, 55))
    assert report.returned_at == at(15, 55)
    cells = {(fault.sheet, fault.cell) for fault in faults}
    assert (word("daily_report"), "K4") in cells
    assert any(sheet == word("report.units") for sheet, _ in cells)
    assert "K4" in report.return_reason


def took(session, path, when):
    report, faults = city.take_in_workbook(session, CITY, path, by=1, now=when)
    assert faults == []
    return report


def the_next_day_tells_what_was_late(session, n):
    report = lookup.valid_report(session, COUNTIES[1], SECOND)
    assert n > 0
    assert report.late == {"delivered": n, "temporary": -n}
    assert (report.figures["messages"], report.figures["delivered"]) == (0, 0)


def the_city_sheet_adds_up_at_every_level(path, done):
    [*counties, own, total] = rows_of(path, word("report.units"))
    assert [row[word("report.code")] for row in counties] == COUNTIES
    for row in counties:
        assert figures(row) == done.expected(row[word("report.code")])
    assert not any(value for value in figures(own).values())
    wanted = sum((Counter(done.expected(c)) for c in COUNTIES), Counter[str]())
    assert figures(total) == {key: wanted[key] for key in TITLES}
    rows = rows_of(path, word("report.villages"))
    code, item, plays = word("report.code"), word("figure.item"), TITLES["plays"]
    villages = [row for row in rows[:-1] if not row[item]]
    subtotals = [row for row in rows if row[item] == word("figure.subtotal")]
    assert len(villages) == VILLAGES
    assert len(subtotals) == TOWNSHIPS + len(COUNTIES)
    for row in villages:
        assert row[plays] == done.slots[row[code]], row
    for row in subtotals:
        inside = (n for v, n in done.slots.items() if v.startswith(row[code]))
        assert row[plays] == sum(inside), row
    assert rows[-1][plays] == done.slots.total()
    assert all(isinstance(row[code], str) for row in islice(rows, 50))
    assert set(TYPED) <= set(TITLES)
