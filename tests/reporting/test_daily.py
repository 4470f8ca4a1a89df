"""The 16:00 report: zeros are said, lateness is counted, and nothing counts twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message, Reply
from campaigns.delivery.people import settle
from campaigns.errors import NotReady, Refused
from campaigns.fieldwork import announcements, deeds, needs, visiting, visits
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.playing import Play
from campaigns.fieldwork.visit_models import Need, Visit
from campaigns.fieldwork.visiting import Result
from campaigns.register.models import Member, Place
from campaigns.reporting.daily import (
    contradicting,
    filing,
    lookup,
    periods,
    reminding,
    standing,
)
from campaigns.reporting.daily.columns import CLOSINGS, RESULTS, TYPED
from campaigns.reporting.daily.filing import Entry
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    Category,
    MessageState,
    NeedKind,
    Reason,
    Urgency,
    VisitOutcome,
)

NOW = factories.NOW
DAY = date(2026, 11, 23)
COUNTY, FUBAO, BAISHA = "510522", "510522112", "510522102"
DAPING, XIAOHE = "510522112201", "510522112202"
LUGAO, ZHONGXIAO = "510522102201", "510522102202"
FACTS = {"seconds": 60.4, "lufs": -16.1}
ZERO = Entry(zero=True)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """A moment of November in Shanghai."""
    return datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)


@pytest.fixture(autouse=True)
def period(session):
    factories.unit(session)
    factories.places(session)
    return periods.open_period(session, "抗寒保暖", by=1, now=at(8))


@pytest.fixture
def campaign(session):
    for place in ((FUBAO, DAPING), (FUBAO, XIAOHE), (BAISHA, LUGAO)):
        for _ in range(3):
            factories.member(session, township=place[0], village=place[1])
    factories.member(session, phone=None, category=Category.VISUAL, grade=1)
    made = factories.campaign(
        session, channels=["sms", "loudspeaker"], due_at=at(9), approved_at=at(9)
    )
    launching.launch(session, made.id, at(9))
    announcements.prepare(session, made.id, at(9))
    for township in (FUBAO, BAISHA):
        announcements.attach_clip(session, made.id, township, "a" * 64, FACTS, at(9))
    return made


def move(session, messages, state, when, reason=Reason.NONE):
    for message in messages:
        message.was, message.was_reason = message.state, message.reason
        message.state, message.reason = int(state), reason
        message.parts, message.provider = 1, "simulator"
        message.accepted_at = message.accepted_at or when
        message.finished_at = when
        session.flush()
        moved = session.execute(select(*tally.MOVED).where(Message.id == message.id))
        settle(session, moved.all())


def texts(session, campaign):
    rows = select(Message).where(
        Message.campaign_id == campaign.id, Message.state == MessageState.QUEUED
    )
    return list(session.scalars(rows.order_by(Message.id)))


def play(session, campaign, village, when, slots=("07:30",), day=DAY):
    found = select(Announcement.id).where(
        Announcement.campaign_id == campaign.id, Announcement.village == village
    )
    key = session.scalars(found).one()
    deeds.record_played(session, key, Play(day, slots), way="link", now=when)


def file(session, unit, when, entry=ZERO, day=DAY, **more):
    return filing.file_report(session, unit, day, entry, by=1, now=when, **more)


def test_a_zero_report_says_every_nought(session):
    report = file(session, COUNTY, at(15, 40))
    assert filing.zeros_explicit(report)
    assert {report.figures[key] for key in TYPED} == {0}
    assert (report.words["incidents"], report.zero) == ("零", True)
    assert report.lower == {
        "due": 2,
        "filed": 0,
        "zero": 0,
        "late": 0,
        "missing": [BAISHA, FUBAO],
    }


def test_a_blank_is_never_a_nought(session):
    report = file(session, COUNTY, at(15), Entry(typed={"found": 0}))
    assert "visits" not in report.figures
    assert report.figures["found"] == 0
    assert not filing.zeros_explicit(report)
    with pytest.raises(Refused, match="不是零报告"):
        file(session, FUBAO, at(15), Entry(typed={"found": 1}, zero=True))


def test_texts_close_and_agree_with_the_campaigns_own_report(session, campaign):
    waiting = texts(session, campaign)
    move(session, waiting[:4], MessageState.DELIVERED, at(10))
    move(session, waiting[4:6], MessageState.UNDELIVERED, at(10), Reason.ABSENT)
    move(session, waiting[6:7], MessageState.SENT, at(10))
    report = file(session, COUNTY, at(16))
    seen = campaign_statistics(session, campaign.id)
    got = report.figures
    assert (got["messages"], got["parts"]) == (seen.submitted, seen.parts) == (7, 7)
    assert got["delivered"] == seen.delivered == 4
    assert (got["absent"], got["temporary"], got["recipients"]) == (2, 1, 7)
    assert sum(got[key] for key in RESULTS) == got["messages"]
    assert (got["holders"], got["no_contact"], got["to_contact"]) == (10, 1, 9)
    assert all(closing.holds(got) for closing in CLOSINGS)
    assert report.minutes_late == 0


def test_a_late_receipt_is_told_the_next_day_and_counts_once(session, campaign):
    waiting = texts(session, campaign)
    move(session, waiting[:5], MessageState.SENT, at(10))
    first = file(session, COUNTY, at(15, 50))
    move(session, waiting[:3], MessageState.DELIVERED, at(17))
    move(session, waiting[5:6], MessageState.DELIVERED, at(18))
    next_day = date(2026, 11, 24)
    second = file(session, COUNTY, at(15, 50, 24), day=next_day)
    assert (first.figures["messages"], first.figures["temporary"]) == (5, 5)
    assert (second.figures["messages"], second.figures["delivered"]) == (1, 1)
    assert second.late == {"delivered": 3, "temporary": -3}
    seen = campaign_statistics(session, campaign.id)
    assert second.total["messages"] == seen.submitted == 6
    assert second.total["delivered"] == seen.delivered == 4


def test_plays_are_the_logs_last_word_and_a_late_one_is_told_the_next_day(
    session, campaign
):
    play(session, campaign, DAPING, at(9, 30), ("07:30", "11:50"))
    play(session, campaign, LUGAO, at(9, 40))
    first = file(session, COUNTY, at(16))
    keys = ("villages_due", "villages_played", "plays", "readings", "seconds")
    assert [first.figures[key] for key in keys] == [4, 2, 3, 6, 360]
    assert first.parts["units"][FUBAO]["plays"] == 2
    play(session, campaign, DAPING, at(17), ("07:30", "11:50", "18:30"))
    play(session, campaign, XIAOHE, at(9, 0, 24), day=DAY)
    second = file(session, COUNTY, at(16, 0, 24), day=date(2026, 11, 24))
    assert [second.figures[key] for key in keys[1:3]] == [2, 1]
    assert second.late["plays"] == 1
    seen = campaign_statistics(session, campaign.id)
    assert second.total["plays"] == seen.villages.plays == 5


def test_typed_figures_go_up_and_a_late_village_is_told_next_day(session):
    file(session, DAPING, at(14), Entry(typed={"found": 2, "solved": 1, "visits": 3}))
    town = file(session, FUBAO, at(15, 30), Entry(typed={"found": 1, "visits": 0}))
    assert (town.figures["found"], town.figures["visits"]) == (3, 3)
    assert town.lower["missing"] == [XIAOHE]
    late = file(session, XIAOHE, at(15, 20), Entry(typed={"found": 4}))
    assert late.minutes_late == 20
    county = file(session, COUNTY, at(16))
    assert county.figures["found"] == 3
    next_day = date(2026, 11, 24)
    again = file(session, FUBAO, at(15, 0, 24), day=next_day)
    assert (again.figures["found"], again.late) == (0, {"found": 4})
    above = file(session, COUNTY, at(16, 0, 24), day=next_day)
    assert (above.figures["found"], above.late["found"]) == (0, 4)
    assert above.total["found"] == 7


def test_the_clock_decides_what_is_late(session):
    assert file(session, FUBAO, at(16)).minutes_late == 0
    late = file(
        session, BAISHA, at(16) + timedelta(seconds=1), excuse="停电，县残联已记"
    )
    assert (late.minutes_late, late.excuse) == (1, "停电，县残联已记")
    rows = standing.standings(session, COUNTY, DAY, at(17))
    assert [(row.name, row.state, row.late) for row in rows] == [
        ("白沙镇", "submitted", 1),
        ("福宝镇", "submitted", 0),
    ]
    assert standing.counted(rows) == standing.Count(2, 2, 2, 1, 1, 0)


def test_a_missing_unit_is_a_row_and_never_a_nought(session):
    file(session, FUBAO, at(15))
    [missing, _] = standing.standings(session, COUNTY, DAY, at(16, 12))
    assert (missing.state, missing.late, missing.incidents) == ("missing", 12, None)


def test_a_correction_needs_a_reason_and_keeps_time_and_counts(session, campaign):
    waiting = texts(session, campaign)
    move(session, waiting[:2], MessageState.DELIVERED, at(10))
    file(session, COUNTY, at(15), Entry(typed={"found": 5}))
    move(session, waiting[2:3], MessageState.DELIVERED, at(15, 30))
    words = Entry(typed={"found": 6})
    with pytest.raises(NotReady):
        file(session, COUNTY, at(16, 30), words)
    with pytest.raises(Refused):
        filing.correct(session, COUNTY, DAY, words, reason=" ", by=1, now=at(17))
    made = filing.correct(
        session, COUNTY, DAY, words, reason="漏了一户", by=1, now=at(17)
    )
    assert (made.version, made.figures["found"]) == (2, 6)
    assert made.figures["messages"] == 2
    assert (made.received_at, made.minutes_late) == (at(15), 0)
    assert [
        report.figures["found"] for report in lookup.versions(session, COUNTY, DAY)
    ] == [5, 6]
    second = file(session, COUNTY, at(16, 0, 24), day=date(2026, 11, 24))
    assert (second.total["found"], second.figures["found"]) == (6, 0)
    assert second.figures["messages"] == 1
    with pytest.raises(NotReady, match="今天"):
        filing.correct(
            session, COUNTY, DAY, words, reason="又漏", by=1, now=at(17, 0, 24)
        )


def test_sent_back_and_mended_within_half_an_hour_keeps_its_time(session):
    file(session, FUBAO, at(15, 50))
    filing.send_back(session, FUBAO, DAY, reason="数对不上", by=2, now=at(16, 5))
    assert lookup.valid_report(session, FUBAO, DAY) is None
    mended = file(session, FUBAO, at(16, 35))
    assert (mended.version, mended.minutes_late) == (2, 0)
    filing.send_back(session, FUBAO, DAY, reason="还是不对", by=2, now=at(16, 40))
    assert file(session, FUBAO, at(17, 11)).minutes_late == 71


def test_reported_by_telephone_says_who_rang(session):
    with pytest.raises(Refused):
        file(session, FUBAO, at(15), way="behalf")
    made = file(session, FUBAO, at(15), way="behalf", called_by="14:55 镇上来电")
    assert (made.way, made.called_by) == ("behalf", "14:55 镇上来电")


def test_an_incident_is_told_at_once_and_counts_in_one_report(session):
    facts = {"told": "县应急局值班室", "happened_at": at(9), "told_at": at(9, 5)}
    with pytest.raises(Refused):
        reminding.tell_incident(session, DAPING, " ", by=1, now=at(9, 6), **facts)
    reminding.tell_incident(
        session, DAPING, "小河涨水，两户转移", by=1, now=at(9, 6), **facts
    )
    first = file(session, COUNTY, at(16), Entry(typed={"found": 0}))
    assert first.figures["incidents"] == 1
    assert first.parts["units"][FUBAO]["incidents"] == 1
    second = file(session, COUNTY, at(16, 0, 24), day=date(2026, 11, 24))
    assert (second.figures.get("incidents", 0), second.total["incidents"]) == (0, 1)


def test_a_reply_is_contact_and_a_delivery_is_not(session, campaign):
    waiting = texts(session, campaign)
    move(session, waiting[:3], MessageState.DELIVERED, at(10))
    someone = session.get_one(Member, waiting[0].member_id)
    for n in range(2):
        session.add(
            Reply(
                provider="simulator",
                provider_ref=f"r{n}",
                phone_index=someone.phone_index,
                phone=someone.phone,
                text="收到",
                member_id=someone.id,
                received_at=at(11, n),
            )
        )
    session.flush()
    first = file(session, COUNTY, at(16))
    assert (first.figures["today"], first.figures["contacted"]) == (1, 1)
    second = file(session, COUNTY, at(16, 0, 24), day=date(2026, 11, 24))
    assert (second.figures["today"], second.figures["contacted"]) == (0, 1)


def test_whoever_is_missing_is_reminded_once_an_hour_of_reminding(session):
    assert reminding.remind_missing(session, at(14, 29)) == 0
    file(session, FUBAO, at(14, 29))
    assert reminding.remind_missing(session, at(14, 31)) == 6
    assert reminding.remind_missing(session, at(14, 32)) == 0
    assert reminding.remind_missing(session, at(15, 31)) == 6
    reminded = reminding.reminders_of(session, BAISHA, DAY)
    assert [it.hour for it in reminded] == ["14:30", "15:30"]
    assert reminding.reminders_of(session, FUBAO, DAY) == []
    asked = reminding.remind_below(session, COUNTY, at(15, 50))
    assert [place.code for place in asked] == [BAISHA]
    periods.close_period(session, now=at(15, 55))
    assert reminding.remind_missing(session, at(16, 0, 24)) == 0


def test_outside_a_period_and_ahead_of_it_nothing_is_filed(session):
    with pytest.raises(Refused):
        file(session, FUBAO, at(15), day=date(2026, 11, 24))
    with pytest.raises(Refused):
        file(session, FUBAO, at(15), day=date(2026, 11, 22))
    periods.close_period(session, now=at(15))
    with pytest.raises(NotReady):
        file(session, FUBAO, at(15))


def test_a_city_adds_up_what_its_counties_filed(session, campaign):
    session.add(Place(code="5105", name="泸州市", level="city"))
    session.get_one(Place, COUNTY).parent = "5105"
    session.flush()
    move(session, texts(session, campaign)[:3], MessageState.DELIVERED, at(10))
    county = file(session, COUNTY, at(15), Entry(typed={"found": 2, "solved": 2}))
    city = file(session, "5105", at(16))
    assert {key: city.figures[key] for key in county.figures} == county.figures
    assert city.total["messages"] == 3
    assert city.lower["filed"] == 1


@pytest.fixture
def doors(session):
    """Two people of 大坪村 and one of 芦稿村 who must be visited."""
    for place in ((FUBAO, DAPING), (FUBAO, DAPING), (BAISHA, LUGAO)):
        factories.member(session, phone=None, township=place[0], village=place[1])
    made = factories.campaign(session, urgency=Urgency.MUST_REACH, due_at=at(9))
    launching.launch(session, made.id, at(9))
    visits.open_visits(session, at(9))
    return session.scalars(select(Visit).order_by(Visit.village.desc())).all()


def meet(session, visit, when, outcome=VisitOutcome.MET, *kinds):
    told = Result(outcome, needs=[(kind, "") for kind in kinds])
    visiting.record(session, visit, told, by=1, now=when)


def test_visits_and_needs_count_once_from_the_village_to_the_county(session, doors):
    first, second, other = doors
    meet(session, first, at(10), VisitOutcome.MET, NeedKind.DOCTOR, NeedKind.CAR)
    meet(session, other, at(11), VisitOutcome.FAMILY_MET)
    village = file(session, DAPING, at(14), Entry(typed={"visits": 5, "found": 1}))
    assert (village.figures["visits"], village.figures["found"]) == (6, 3)
    meet(session, second, at(14, 30), VisitOutcome.NOBODY_HOME)
    town = file(session, FUBAO, at(15), Entry(typed={"visits": 1}))
    assert (town.figures["visits"], town.figures["found"]) == (8, 3)
    county = file(session, COUNTY, at(15, 30), ZERO)
    got = county.figures
    assert (got["visits"], got["found"], got["solved"]) == (9, 3, 0)
    assert (got["need_doctor"], got["need_other"]) == (1, 1)
    assert (got["contacted"], got["today"]) == (1, 1), "a family alone is no contact"
    assert county.parts["units"][BAISHA]["visits"] == 1
    assert all(closing.holds(got) for closing in CLOSINGS)


def test_a_need_solved_later_is_told_late_and_passed_on_is_not_solved(session, doors):
    kinds = NeedKind.MEDICINE, NeedKind.GOODS
    meet(session, doors[0], at(10), VisitOutcome.MET, *kinds)
    medicine, goods = session.scalars(select(Need).order_by(Need.id)).all()
    needs.pass_on(session, goods, "民政局", now=at(11))
    first = file(session, COUNTY, at(15))
    assert [first.figures[k] for k in ("found", "solved", "passed")] == [2, 0, 1]
    needs.close(session, medicine, solved=True, by=1, now=at(17))
    needs.close(session, goods, solved=True, by=1, now=at(18))
    changed = filing.correct(
        session, COUNTY, DAY, ZERO, reason="格式", by=1, now=at(19)
    )
    assert [changed.figures[k] for k in ("found", "solved", "passed")] == [2, 0, 1]
    second = file(session, COUNTY, at(15, 0, 24), day=date(2026, 11, 24))
    assert second.late == {"solved": 2, "passed": -1}
    assert [second.total[k] for k in ("found", "solved", "passed")] == [2, 2, 0]


def test_a_zero_that_the_ledgers_contradict_is_flagged_and_not_refused(session):
    for village in (DAPING, XIAOHE):
        factories.member(session, phone=None, village=village)
    made = factories.campaign(session, urgency=Urgency.MUST_REACH, due_at=at(9))
    launching.launch(session, made.id, at(9))
    visits.open_visits(session, at(9))
    reminding.tell_incident(
        session,
        DAPING,
        "停电",
        told="王主任",
        happened_at=at(9),
        told_at=at(9),
        by=1,
        now=at(9),
    )
    reports = {unit: file(session, unit, at(15)) for unit in (DAPING, ZHONGXIAO)}
    assert reports[DAPING].parts["open"] == {"visits": 1, "incidents": 1}
    assert reports[ZHONGXIAO].parts["open"] == {}
    file(session, FUBAO, at(15, 30))
    for root in (COUNTY, FUBAO):
        odd = contradicting.contradictions(session, root, DAY)
        assert [one.name for one in odd] == ["福宝镇", "大坪村"]
    assert odd[0].open == {"visits": 2, "incidents": 1}
    assert contradicting.contradictions(session, BAISHA, DAY) == []
    told = Entry(typed={"found": 1}, words={"incidents": "停电"})
    filing.correct(session, DAPING, DAY, told, reason="漏报", by=1, now=at(15, 50))
    odd = contradicting.contradictions(session, COUNTY, DAY)
    assert [one.name for one in odd] == ["福宝镇"]


def test_a_zero_with_nothing_open_is_not_flagged(session):
    assert file(session, COUNTY, at(15)).parts["open"] == {}
    assert contradicting.contradictions(session, COUNTY, DAY) == []
