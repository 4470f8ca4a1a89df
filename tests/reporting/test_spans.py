"""A span holds whole days of Shanghai, and a campaign lies in the one it began in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import Refused
from campaigns.reporting.spans import NAMED, Span, between, named

days = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("this_month", "2026-02-10", "2026-02-01", "2026-02-28"),
        ("this_month", "2028-02-29", "2028-02-01", "2028-02-29"),
        ("this_month", "2026-12-31", "2026-12-01", "2026-12-31"),
        ("last_month", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-11-26", "2026-10-01", "2026-12-31"),
        ("this_quarter", "2026-04-01", "2026-04-01", "2026-06-30"),
        ("this_year", "2026-07-01", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_named_span_is_whole(name, today, first, last):
    found = named(name, date.fromisoformat(today))
    assert found == Span(date.fromisoformat(first), date.fromisoformat(last))


@given(days)
def test_every_day_lies_in_its_month_quarter_and_year(today):
    for name in NAMED.keys() - {"last_month"}:
        first, last = named(name, today)
        assert first <= today <= last
    assert named("last_month", today).ends == named("this_month", today).begins


def test_a_day_begins_and_ends_at_midnight_in_shanghai():
    day = between("2026-11-25", "2026-11-25")
    assert day.begins.astimezone(UTC) == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert day.ends.astimezone(UTC) == datetime(2026, 11, 25, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", "2026-01-01"),
        ("2026-02-30", "2026-03-01"),
        ("昨天", "今天"),
        ("2026-03-02", "2026-03-01"),
        ("0001-01-01", "2026-03-01"),
        ("2026-01-01", "9999-12-31"),
    ],
)
def test_what_is_no_span_is_refused(first, last):
    with pytest.raises(Refused):
        between(first, last)
