from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from campaigns.planning.calendar import (
    ends_after,
    ends_at_pace,
    in_window,
    next_opening,
    open_seconds,
    open_until,
)
from campaigns.vocabulary import Urgency


def shanghai(text):
    return datetime.fromisoformat(f"2026-11-{text}:00+08:00").astimezone(UTC)


def campaign(begin=480, end=1200, urgency=Urgency.TIP):
    return SimpleNamespace(window_from=begin, window_to=end, urgency=urgency)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("23T07:59", False),
        ("23T08:00", True),
        ("23T19:59", True),
        ("23T20:00", False),
        ("24T03:00", False),
    ],
)
def test_the_window_is_told_by_the_clock_in_shanghai(moment, is_open):
    assert in_window(campaign(), shanghai(moment)) is is_open
    assert (open_until(campaign(), shanghai(moment)) is not None) is is_open


def test_the_window_closes_in_the_evening_and_opens_in_the_morning():
    assert open_until(campaign(), shanghai("23T09:30")) == shanghai("23T20:00")
    assert next_opening(campaign(), shanghai("23T07:00")) == shanghai("23T08:00")
    assert next_opening(campaign(), shanghai("23T21:00")) == shanghai("24T08:00")
    assert next_opening(campaign(), shanghai("23T09:30")) == shanghai("23T09:30")


@pytest.mark.parametrize(
    "always", [campaign(0, 1440), campaign(urgency=Urgency.EMERGENCY)]
)
def test_all_day_and_emergencies_never_close(always):
    night = shanghai("23T03:00")
    assert in_window(always, night)
    assert open_until(always, night) > night + timedelta(days=3650)
    assert next_opening(always, night) == night


def test_sending_goes_on_the_next_morning():
    begin = shanghai("23T19:00")
    assert ends_after(campaign(), begin, 3600) == shanghai("23T20:00")
    assert ends_after(campaign(), begin, 7200) == shanghai("24T09:00")
    assert ends_after(campaign(0, 1440), begin, 7200) == shanghai("23T21:00")
    assert ends_after(campaign(), shanghai("23T21:00"), 60) == shanghai("24T08:01")


def test_open_hours_are_added_up_over_nights():
    assert open_seconds(campaign(), shanghai("23T19:00"), shanghai("24T09:00")) == 7200


def test_the_pace_so_far_says_when_the_rest_will_have_gone():
    begun, now = shanghai("23T19:00"), shanghai("23T19:30")
    facts = {"begun": begun, "now": now}
    assert ends_at_pace(campaign(), sent=300, rest=150, **facts) == shanghai("23T19:45")
    assert ends_at_pace(campaign(), sent=300, rest=600, **facts) == shanghai("24T08:30")


@pytest.mark.parametrize(("sent", "rest"), [(0, 100), (29, 100), (300, 0)])
def test_nothing_is_promised_without_a_pace_or_a_rest(sent, rest):
    begun, now = shanghai("23T19:00"), shanghai("23T19:30")
    assert ends_at_pace(campaign(), begun=begun, sent=sent, rest=rest, now=now) is None
