"""When a loudspeaker may speak: hours of rest, exams, funerals; emergencies always."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Refused, mark
from campaigns.fieldwork import deeds
from campaigns.fieldwork.models import Announcement, QuietTime
from campaigns.fieldwork.playing import Way
from campaigns.planning.models import Campaign
from campaigns.shanghai import SHANGHAI, day_of
from campaigns.vocabulary import AnnouncementState, MissedReason, Urgency

SLOTS = (time(7, 30), time(11, 50), time(18, 30))
REST = ((time(12, 45), time(14, 30)), (time(20, 30), time(7, 0)))
"""Silent every day: the midday rest and the night; noise rules know both."""

KINDS = ("exam", "ceremony", "market", "other")
MUTED_DAYS = range(1, 4)
ITEMS_AT_MOST, BLOCK_SECONDS = 3, 600
VOLUME, VOLUME_AT_MOST = 60, 80
_DAY = 1440
_OPEN = (
    AnnouncementState.PREPARED,
    AnnouncementState.ALERTED,
    AnnouncementState.DOWNLOADED,
)


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour of playing; ``silent`` is why not, or empty."""

    at: time
    silent: str = ""


def add_quiet(  # noqa: PLR0913 - where, when, why, by whom
    session: Session,
    place: str,
    day: date,
    kind: str,
    *,
    begins: time = time(0),
    ends: time | None = None,
    by: str,
    now: datetime,
) -> QuietTime:
    """Let a place and all below it be silent. Raises Refused for no such kind or time.

    ``ends`` None means the whole day from ``begins``.
    """
    first, last = _minute(begins), _DAY if ends is None else _minute(ends)
    if kind not in KINDS:
        raise Refused(mark("请选为什么静音：考试、红白事、赶集或其他。"))
    if first >= last:
        raise Refused(mark("静音的开始要早于结束。"))
    quiet = QuietTime(
        place=place,
        day=day,
        kind=kind,
        begins=first,
        ends=last,
        made_by=by,
        made_at=now,
    )
    session.add(quiet)
    session.flush()
    return quiet


def mute_village(
    session: Session, village: str, days: int, *, by: str, now: datetime
) -> int:
    """A funeral or wedding in the village: its tips are not due for 1 to 3 days.

    What must be heard and emergencies stay. Returns how many became not due.
    """
    if days not in MUTED_DAYS:
        raise Refused(mark("红白事静音 1 到 3 天。"))
    today = day_of(now)
    for ahead in range(days):
        day = today + timedelta(days=ahead)
        add_quiet(session, village, day, "ceremony", by=by, now=now)
    muted = session.scalars(
        select(Announcement.id)
        .join(Campaign, Campaign.id == Announcement.campaign_id)
        .where(
            Announcement.village == village,
            Announcement.state.in_(_OPEN),
            Campaign.urgency == Urgency.TIP,
        )
    ).all()
    for key in muted:
        deeds.record_missed(
            session,
            key,
            MissedReason.CEREMONY,
            state=AnnouncementState.NOT_DUE,
            way=Way.LINK,
            actor=by,
            now=now,
        )
    return len(muted)


def between(session: Session, first: date, last: date) -> list[QuietTime]:
    """Every place's quiet times from ``first`` to ``last``, in order."""
    found = select(QuietTime).where(QuietTime.day >= first, QuietTime.day <= last)
    in_order = (QuietTime.day, QuietTime.begins, QuietTime.place)
    return list(session.scalars(found.order_by(*in_order)))


def slots(
    session: Session, village: str, day: date, urgency: Urgency, *, market: bool = False
) -> list[Slot]:
    """The day's hours of playing in a village, silent ones with their reason.

    On market days (``market``) the midday slot moves to 09:30. An emergency is heard
    at any hour, so none of its slots is silent.
    """
    hours = [time(9, 30) if market and at == SLOTS[1] else at for at in SLOTS]
    if urgency is Urgency.EMERGENCY:
        return [Slot(at) for at in hours]
    quiet = _quiet(session, village, day)
    return [Slot(at, _silent(at, quiet)) for at in hours]


def may_speak(
    session: Session, village: str, moment: datetime, urgency: Urgency
) -> str:
    """Why a loudspeaker must be silent at ``moment``: rest, or a kind; empty if not."""
    if urgency is Urgency.EMERGENCY:
        return ""
    local = moment.astimezone(SHANGHAI)
    if any(_resting(local.time(), begins, ends) for begins, ends in REST):
        return "rest"
    return _silent(local.time(), _quiet(session, village, local.date()))


def block(seconds: Iterable[float]) -> list[list[int]]:
    """Items, by their order, in blocks of at most three and ten minutes."""
    blocks: list[list[int]] = []
    length = 0.0
    for place, long in enumerate(seconds):
        full = not blocks or len(blocks[-1]) == ITEMS_AT_MOST
        if full or length + long > BLOCK_SECONDS:
            blocks.append([])
            length = 0.0
        blocks[-1].append(place)
        length += long
    return blocks


def _quiet(session: Session, village: str, day: date) -> list[QuietTime]:
    above = [village[:digits] for digits in (4, 6, 9, 12)] + [village]
    found = select(QuietTime).where(QuietTime.day == day, QuietTime.place.in_(above))
    return list(session.scalars(found.order_by(QuietTime.begins)))


def _silent(at: time, quiet: list[QuietTime]) -> str:
    minute = _minute(at)
    return next((it.kind for it in quiet if it.begins <= minute < it.ends), "")


def _resting(at: time, begins: time, ends: time) -> bool:
    if begins < ends:
        return begins <= at < ends
    return at >= begins or at < ends


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
