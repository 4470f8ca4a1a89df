"""The calendar lists days with something on them; a clash is said before sending."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import stages

from campaigns.audience import segments
from campaigns.fieldwork import quiet
from campaigns.planning import drafting
from campaigns.shanghai import day_of
from campaigns.vocabulary import Urgency


@pytest.fixture
def now():
    return datetime.now(UTC)


def silent(session, day, now, place="510522112"):
    hours = {"begins": time(9), "ends": time(11, 30)}
    return quiet.add_quiet(session, place, day, "exam", **hours, by="县", now=now)


def test_campaigns_and_quiet_times_stand_under_their_days(visit, writing, now):
    with writing() as session:
        stages.people(session)
        stages.launched(session)
        silent(session, day_of(now) + timedelta(days=9), now)
        silent(session, day_of(now) + timedelta(days=31), now, place="510522")
    text = visit("xian").read("/planning/calendar")
    assert "福宝镇 09:00–11:30 静音：考试" in text
    assert text.count("静音：考试") == 1
    assert "/delivery/1" in text
    assert "/fieldwork/quiet" in text


def test_a_day_without_anything_is_said_for_today_alone(visit):
    assert visit("shenji").read("/planning/calendar").count("没有安排") == 1


@pytest.mark.parametrize("channels", [["sms", "loudspeaker"], ["sms"]])
def test_a_clash_is_said_where_the_campaign_is_checked(visit, writing, now, channels):
    with writing() as session:
        stages.people(session)
        words = "多喝水。"
        text = stages.version(session, sms_text=words, urgency=Urgency.MUST_REACH)
        made = drafting.draft_campaign(
            session,
            name="喝水",
            version_id=text.id,
            segment_id=segments.make_standard_segments(session, now)[0].id,
            channels=channels,
            provider="simulator",
            by=1,
            now=now,
        )
        for ahead in range(3):
            silent(session, day_of(now) + timedelta(days=ahead), now)
    page = visit("xian").read(f"/planning/{made.id}")
    assert ("大喇叭不播" in page) is ("loudspeaker" in channels)
