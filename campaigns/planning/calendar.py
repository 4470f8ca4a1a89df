"""When a campaign may send: its daily window in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from campaigns.planning.models import Campaign
from campaigns.shanghai import day_of, midnight
from campaigns.vocabulary import Urgency

DAY = 1440
_TELLING = 30
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


def open_all_day(campaign: Campaign) -> bool:
    """Whether it may send at any hour: an emergency, or a window of a whole day."""
    whole = campaign.window_to - campaign.window_from >= DAY
    return whole or campaign.urgency is Urgency.EMERGENCY


def in_window(campaign: Campaign, now: datetime) -> bool:
    """Whether the window is open; its last minute is no longer part of it."""
    if open_all_day(campaign):
        return True
    begin, end = _window(campaign, now)
    return begin <= now < end


def open_until(campaign: Campaign, now: datetime) -> datetime | None:
    """When the open window closes; far in the future when it never does.

    None while it is shut.
    """
    if open_all_day(campaign):
        return _FAR
    begin, end = _window(campaign, now)
    return end if begin <= now < end else None


def next_opening(campaign: Campaign, now: datetime) -> datetime:
    """``now`` while the window is open, otherwise when it opens next."""
    if in_window(campaign, now):
        return now
    begin, _ = _window(campaign, now)
    return begin if now < begin else _window(campaign, now + timedelta(days=1))[0]


def open_seconds(campaign: Campaign, begin: datetime, end: datetime) -> float:
    """Seconds between two moments in which it may send."""
    if open_all_day(campaign):
        return max(0.0, (end - begin).total_seconds())
    total, day = 0.0, begin
    while day_of(day) <= day_of(end):
        opens, closes = _window(campaign, day)
        total += max(0.0, (min(closes, end) - max(opens, begin)).total_seconds())
        day += timedelta(days=1)
    return total


def ends_after(campaign: Campaign, begin: datetime, seconds: float) -> datetime:
    """The moment when ``seconds`` of open window have passed since ``begin``."""
    opening = next_opening(campaign, begin)
    closing = open_until(campaign, opening)
    while closing is not None and closing != _FAR:
        room = (closing - opening).total_seconds()
        if seconds <= room:
            break
        seconds -= room
        opening = next_opening(campaign, closing)
        closing = open_until(campaign, opening)
    return opening + timedelta(seconds=seconds)


def ends_at_pace(
    campaign: Campaign, *, begun: datetime, sent: int, rest: int, now: datetime
) -> datetime | None:
    """When ``rest`` messages will have gone as quickly as ``sent`` did since ``begun``.

    None while nothing is left, or too little was sent to tell.
    """
    spent = open_seconds(campaign, begun, now)
    if not rest or sent < _TELLING or spent < 1:
        return None
    return ends_after(campaign, now, spent * rest / sent)


def _window(campaign: Campaign, moment: datetime) -> tuple[datetime, datetime]:
    """Begin and end of the window on ``moment``'s day in Shanghai, in UTC."""
    morning = midnight(day_of(moment))
    begin = morning + timedelta(minutes=campaign.window_from)
    end = morning + timedelta(minutes=campaign.window_to)
    return begin.astimezone(UTC), end.astimezone(UTC)
