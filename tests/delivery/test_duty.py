"""A duty is won once in its time, by whoever asks first."""

from __future__ import annotations

from datetime import timedelta

from campaigns.delivery.duty import on_duty, win

MINUTE = timedelta(minutes=1)


def test_a_duty_is_won_once_in_its_time(session, now):
    assert on_duty(session, "squash", now, MINUTE)
    assert not on_duty(session, "squash", now + timedelta(seconds=59), MINUTE)
    assert on_duty(session, "squash", now + MINUTE, MINUTE)


def test_each_duty_has_its_own_time(session, now):
    both = {"often": timedelta(seconds=1), "seldom": MINUTE}
    assert win(session, both, now) == ["often", "seldom"]
    assert win(session, both, now + timedelta(seconds=1)) == ["often"]
    assert win(session, both, now + MINUTE) == ["often", "seldom"]
