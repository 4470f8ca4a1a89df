"""When campaigns may send and how long an approval waits: wider only by two people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotAllowed, Refused, Stale, mark
from campaigns.register.models import Unit
from campaigns.register.unit import current_unit

EARLIEST, LATEST = 360, 1320
"""Minutes of Shanghai's day: nobody is written to before 6:00 or after 22:00."""
HOLDS = range(30, 3601)


@dataclass(frozen=True, slots=True)
class Hours:
    """From which minute of the day to which, and seconds that an approval waits."""

    begin: int
    end: int
    hold: int

    def wider_than(self, other: Hours) -> bool:
        """Whether it sends at times, or sooner than, ``other`` does not."""
        longer = self.begin < other.begin or self.end > other.end
        return longer or self.hold < other.hold


def standing(unit: Unit) -> Hours:
    """What holds for campaigns that are made, and approved, from now on."""
    return Hours(unit.window_from, unit.window_to, unit.hold_seconds)


def asked(unit: Unit) -> Hours | None:
    """What waits for a second person."""
    if unit.asked_from is None or unit.asked_to is None or unit.asked_hold is None:
        return None
    return Hours(unit.asked_from, unit.asked_to, unit.asked_hold)


def propose(session: Session, hours: Hours, *, by: int) -> bool:
    """Let stricter hours hold at once, True, or ask for wider ones, False.

    Raises Refused for hours that nobody may have, and where nothing would change.
    """
    unit = _locked(session)
    if not EARLIEST <= hours.begin < hours.end <= LATEST or hours.hold not in HOLDS:
        raise Refused(
            mark("发送时段要在 6:00 到 22:00 之间，开始早于结束；等 30 到 3600 秒。")
        )
    if hours == standing(unit):
        raise Refused(mark("和现在的一样，没有变化。"))
    wider = hours.wider_than(standing(unit))
    _ask(unit, hours if wider else None, by)
    if not wider:
        _hold(unit, hours)
    session.flush()
    return not wider


def agree(session: Session, *, by: int) -> Hours:
    """Let wider hours hold; returns them. Raises Stale, NotAllowed for their maker."""
    unit = _locked(session)
    hours = asked(unit)
    if hours is None:
        raise Stale(mark("没有待同意的修改，可能已经有人办了。"))
    if unit.asked_by == by:
        raise NotAllowed(mark("修改是您提出的，要请另一位同事同意。"))
    _hold(unit, hours)
    _ask(unit, None, by)
    session.flush()
    return hours


def drop(session: Session) -> None:
    """Leave the hours as they are."""
    _ask(_locked(session), None, 0)
    session.flush()


def _locked(session: Session) -> Unit:
    mine = Unit.id == current_unit(session).id
    locked = select(Unit).where(mine).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _hold(unit: Unit, hours: Hours) -> None:
    unit.window_from, unit.window_to = hours.begin, hours.end
    unit.hold_seconds = hours.hold


def _ask(unit: Unit, hours: Hours | None, by: int) -> None:
    unit.asked_from = hours.begin if hours else None
    unit.asked_to = hours.end if hours else None
    unit.asked_hold = hours.hold if hours else None
    unit.asked_by = by if hours else None
