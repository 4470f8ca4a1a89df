"""A worker that runs and eats nothing is seen in the rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.delivery import line, progress

MINUTE = timedelta(seconds=61)


def test_messages_that_nobody_takes_up_for_a_minute_are_an_alarm(
    session, launched, now
):
    campaign = launched(2)
    assert progress.stalled(session, now + timedelta(seconds=59)) == []
    assert progress.stalled(session, now + MINUTE) == [campaign.id]


def test_a_turn_on_the_line_is_progress_for_a_minute(session, launched, now):
    campaign = launched(2)
    line.take(session, "simulator", 1, 100, now + MINUTE)
    assert progress.stalled(session, now + MINUTE) == []
    assert progress.stalled(session, now + MINUTE * 2) == [campaign.id]


def test_what_was_sent_is_no_alarm(session, launched, send, now):
    send(launched(2))
    assert progress.stalled(session, now + MINUTE * 3) == []


@pytest.mark.parametrize(
    "given", [{"window_from": 0, "window_to": 60}, {"window_from": 720}]
)
def test_a_window_that_is_shut_or_just_opened_is_no_alarm(
    session, launched, now, given
):
    """It is noon in Shanghai."""
    launched(2, due_at=now - MINUTE, **{"window_to": 1440, **given})
    assert progress.stalled(session, now + timedelta(seconds=30)) == []


def test_a_shut_line_is_told_of_elsewhere(session, launched, now):
    launched(2)
    line.open_breaker(session, "simulator", now + timedelta(seconds=50))
    assert progress.stalled(session, now + MINUTE) == []
