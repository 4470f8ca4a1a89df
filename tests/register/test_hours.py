"""Hours are stricter by one person and wider by two, never outside the day's limits."""

from __future__ import annotations

import factories
import pytest

from campaigns.errors import NotAllowed, Refused, Stale
from campaigns.register import hours
from campaigns.register.hours import Hours

STANDING = Hours(480, 1200, 60)
ASKER, OTHER = 1, 2


@pytest.fixture
def unit(session):
    return factories.unit(
        session, window_from=480, window_to=1200, hold_seconds=60, place_code="510522"
    )


@pytest.mark.parametrize(
    ("wanted", "at_once"),
    [
        (Hours(540, 1200, 60), True),
        (Hours(480, 1080, 60), True),
        (Hours(480, 1200, 300), True),
        (Hours(450, 1200, 60), False),
        (Hours(480, 1230, 60), False),
        (Hours(480, 1200, 30), False),
        (Hours(540, 1260, 600), False),
    ],
)
def test_wider_hours_wait_for_somebody_else(session, unit, wanted, at_once):
    assert hours.propose(session, wanted, by=ASKER) is at_once
    assert hours.standing(unit) == (wanted if at_once else STANDING)
    if at_once:
        with pytest.raises(Stale):
            hours.agree(session, by=OTHER)
        return
    with pytest.raises(NotAllowed):
        hours.agree(session, by=ASKER)
    assert hours.standing(unit) == STANDING
    assert hours.agree(session, by=OTHER) == wanted
    assert (hours.standing(unit), hours.asked(unit)) == (wanted, None)


@pytest.mark.parametrize(
    "wanted",
    [
        STANDING,
        Hours(330, 1200, 60),
        Hours(480, 1350, 60),
        Hours(1200, 480, 60),
        Hours(600, 600, 60),
        Hours(480, 1200, 29),
        Hours(480, 1200, 3601),
    ],
)
def test_hours_that_nobody_may_have_are_refused(session, unit, wanted):
    with pytest.raises(Refused):
        hours.propose(session, wanted, by=ASKER)
    assert (hours.standing(unit), hours.asked(unit)) == (STANDING, None)


def test_stricter_hours_take_the_place_of_what_was_asked(session, unit):
    hours.propose(session, Hours(420, 1200, 60), by=ASKER)
    hours.propose(session, Hours(540, 1200, 60), by=OTHER)
    assert hours.asked(unit) is None
    with pytest.raises(Stale):
        hours.agree(session, by=OTHER)
