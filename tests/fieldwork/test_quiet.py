"""Loudspeakers rest, and keep silent for exams and funerals; emergencies never wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import factories
import pytest
from sqlalchemy import select

from campaigns.errors import Refused
from campaigns.fieldwork import announcements, quiet
from campaigns.fieldwork.models import Announcement
from campaigns.vocabulary import AnnouncementState, Urgency

NOW = factories.NOW
EXAM = date(2027, 6, 7)
COUNTY, FUBAO, DAPING, LUGAO = "510522", "510522112", "510522112201", "510522102201"
TIP, EMERGENCY = Urgency.TIP, Urgency.EMERGENCY


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


def moment(hour, minute=0, day=EXAM):
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return local.replace(tzinfo=quiet.SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "why"),
    [
        (6, 59, "rest"),
        (7, 0, ""),
        (12, 44, ""),
        (12, 45, "rest"),
        (14, 29, "rest"),
        (14, 30, ""),
        (20, 29, ""),
        (20, 30, "rest"),
        (2, 0, "rest"),
    ],
)
def test_the_hours_of_rest_hold_for_tips_and_never_for_emergencies(
    session, hour, minute, why
):
    at = moment(hour, minute)
    assert quiet.may_speak(session, DAPING, at, TIP) == why
    assert quiet.may_speak(session, DAPING, at, EMERGENCY) == ""


def test_exam_hours_of_a_place_hold_below_it_and_nowhere_else(session):
    quiet.add_quiet(
        session, FUBAO, EXAM, "exam", begins=time(8), ends=time(12), by="镇", now=NOW
    )
    silent = [slot.silent for slot in quiet.slots(session, DAPING, EXAM, TIP)]
    assert silent == ["", "exam", ""]
    assert not any(slot.silent for slot in quiet.slots(session, LUGAO, EXAM, TIP))
    assert quiet.may_speak(session, DAPING, moment(12), TIP) == ""
    urgent = quiet.slots(session, DAPING, EXAM, EMERGENCY)
    assert [slot.silent for slot in urgent] == ["", "", ""]
    market = quiet.slots(session, LUGAO, EXAM, TIP, market=True)
    assert [slot.at for slot in market][1] == time(9, 30)


@pytest.mark.parametrize(
    ("kind", "begins", "ends"),
    [("party", time(8), None), ("exam", time(9), time(9)), ("exam", time(9), time(8))],
)
def test_a_quiet_time_that_cannot_be_is_refused(session, kind, begins, ends):
    with pytest.raises(Refused):
        quiet.add_quiet(
            session, FUBAO, EXAM, kind, begins=begins, ends=ends, by="镇", now=NOW
        )


def test_a_funeral_makes_tips_not_due_and_leaves_what_must_be_heard(session):
    for urgency in (TIP, Urgency.MUST_REACH):
        made = factories.campaign(session, channels=["loudspeaker"], urgency=urgency)
        announcements.prepare(session, made.id, NOW)
    with pytest.raises(Refused):
        quiet.mute_village(session, DAPING, 4, by="村", now=NOW)
    assert quiet.mute_village(session, DAPING, 2, by="村", now=NOW) == 1
    states = session.execute(
        select(Announcement.village, Announcement.state, Announcement.missed_reason)
        .where(Announcement.village.in_((DAPING, LUGAO)))
        .order_by(Announcement.id)
    ).all()
    not_due = [row for row in states if row.state is AnnouncementState.NOT_DUE]
    assert [tuple(row) for row in not_due] == [
        (DAPING, AnnouncementState.NOT_DUE, "ceremony")
    ]
    tomorrow = date(2026, 11, 24)
    assert quiet.slots(session, DAPING, tomorrow, TIP)[0].silent == "ceremony"
    after = date(2026, 11, 25)
    assert quiet.slots(session, DAPING, after, TIP)[0].silent == ""


def test_a_block_holds_three_items_and_ten_minutes():
    assert quiet.block([60] * 4) == [[0, 1, 2], [3]]
    assert quiet.block([300, 290, 20]) == [[0, 1], [2]]
