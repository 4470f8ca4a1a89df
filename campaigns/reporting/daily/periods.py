"""Response periods: while one is open, every unit owes a report a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotReady, Refused, mark
from campaigns.reporting.daily.models import ResponsePeriod
from campaigns.shanghai import day_of

_NAME_AT_MOST = 60


def current_period(session: Session) -> ResponsePeriod | None:
    """The period that is on, or None: then no report is due."""
    open_ = select(ResponsePeriod).where(ResponsePeriod.ends_at.is_(None))
    return session.scalars(open_.order_by(ResponsePeriod.id.desc()).limit(1)).first()


def open_period(
    session: Session, name: str, *, by: int | None, now: datetime
) -> ResponsePeriod:
    """Begin a period. Raises Refused without a name or while another is on."""
    if current_period(session) is not None:
        raise Refused(mark("已经在日报期间里。先结束这一期，再开始新的。"))
    plain = name.strip()[:_NAME_AT_MOST]
    if not plain:
        raise Refused(mark("写一个名称，比如“抗寒保暖”。"))
    period = ResponsePeriod(name=plain, begins_at=now, opened_by=by)
    session.add(period)
    session.flush()
    return period


def close_period(session: Session, *, now: datetime) -> ResponsePeriod:
    """End the period; its reports stay. Raises NotReady where none is on."""
    period = needed_period(session)
    period.ends_at = now
    session.flush()
    return period


def needed_period(session: Session) -> ResponsePeriod:
    """The period that is on. Raises NotReady."""
    period = current_period(session)
    if period is None:
        raise NotReady(mark("现在不在日报期间，不用报。要开始请县残联点“开始日报”。"))
    return period


def check_day(period: ResponsePeriod, day: date, now: datetime) -> None:
    """Raises Refused for a day ahead or before the period."""
    if day > day_of(now):
        raise Refused(mark("这一天还没到，不能先报。"))
    if day < day_of(period.begins_at):
        raise Refused(mark("这一天还没有开始日报，不用报。"))
