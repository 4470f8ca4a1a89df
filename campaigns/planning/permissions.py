"""Standing permissions: two people of the county, a year, an association, a quota."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, Stale, mark
from campaigns.planning import lifecycle
from campaigns.planning.models import Approval, Campaign, Permission
from campaigns.shanghai import SHANGHAI, day_of
from campaigns.vocabulary import ALL_COMPONENTS, CampaignState

QUOTAS = range(1, 100_001)
UNDECIDED = Permission.confirmed_at.is_(None), Permission.ended_at.is_(None)
"""What was proposed and is neither confirmed nor refused."""
_DECEMBER = 12
_LEAP_DAY = (2, 29)


class Month(NamedTuple):
    """What an association may send in the month in which something begins."""

    quota: int
    used: int

    @property
    def left(self) -> int:
        """Texts and calls that may still be released; never below 0."""
        return max(0, self.quota - self.used)


def propose(
    session: Session, categories: int, quota: int, *, by: int, now: datetime
) -> Permission:
    """One that another person of the county must confirm. Raises Refused."""
    if not 0 < categories <= ALL_COMPONENTS:
        raise Refused(mark("请选一个协会。"))
    if quota not in QUOTAS:
        raise Refused(mark("每月额度填 1 到 %(most)s 条。"), most=f"{max(QUOTAS):,}")
    if any(each.categories == categories for each in waiting(session)):
        raise Refused(mark("这个协会已经有一项许可等人确认。请先确认或不给。"))
    made = Permission(
        categories=categories, quota=quota, proposed_by=by, proposed_at=now
    )
    session.add(made)
    session.flush()
    return made


def confirm(
    session: Session, permission_id: int, *, by: int, now: datetime
) -> Permission:
    """It holds for a year from today, in place of the association's last one.

    Raises NotAllowed for whoever proposed it, NotReady once it was decided.
    """
    one = _locked(session, permission_id)
    if one.confirmed_at is not None or one.ended_at is not None:
        raise NotReady(mark("这项许可已经有人办了。"))
    if by == one.proposed_by:
        raise NotAllowed(mark("自己提出的许可，要另一位同事来确认。"))
    session.execute(
        update(Permission)
        .where(
            Permission.categories == one.categories,
            Permission.confirmed_at.is_not(None),
            Permission.ended_at.is_(None),
        )
        .values(ended_by=by, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    one.confirmed_by, one.confirmed_at = by, now
    one.until = _a_year_after(day_of(now))
    session.flush()
    return one


def withdraw(
    session: Session, permission_id: int, *, by: int, now: datetime
) -> list[int]:
    """End it at once; returns the campaigns that had not begun and are drafts again.

    What is under way is stopped by its own buttons. Raises NotReady once it ended.
    """
    one = _locked(session, permission_id)
    if one.ended_at is not None:
        raise NotReady(mark("这项许可已经收回，或者换了新的。"))
    one.ended_by, one.ended_at = by, now
    session.flush()
    held = (
        select(Campaign.id)
        .join(Approval, Approval.campaign_id == Campaign.id)
        .where(
            Approval.permission_id == one.id,
            Approval.at == Campaign.approved_at,
            Campaign.status == CampaignState.APPROVED,
        )
    )
    return [each for each in session.scalars(held) if _back(session, each, by, now)]


def in_force(
    session: Session, categories: int, now: datetime, *, lock: bool = False
) -> Permission:
    """The association's permission of today; ``lock`` lets one release at a time count.

    Raises NotReady with the reason why there is none.
    """
    last = (
        select(Permission)
        .where(
            Permission.categories == categories, Permission.confirmed_at.is_not(None)
        )
        .order_by(Permission.ended_at.is_not(None), Permission.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(last.with_for_update() if lock else last)
    if found is None:
        raise NotReady(mark("还没有给这个协会的长期许可。"), AS_BEFORE)
    if found.ended_at is not None:
        day = day_of(found.ended_at)
        raise NotReady(mark("长期许可 %(day)s 被县残联收回了。"), AS_BEFORE, day=day)
    if found.until is None or found.until < day_of(now):
        raise NotReady(
            mark("长期许可到 %(day)s 为止，已经过期。"), AS_BEFORE, day=found.until
        )
    return found


def holds(session: Session, categories: int, now: datetime) -> bool:
    """Whether the association has a permission today."""
    try:
        in_force(session, categories, now)
    except NotReady:
        return False
    return True


def month_of(session: Session, permission: Permission, begins: datetime) -> Month:
    """The quota of the month in Shanghai in which ``begins`` lies, and what is used.

    Counted are texts and calls as they were foreseen at release, to whoever gets
    them; what was taken back or stopped before it began is given back. A new
    permission goes on from what the month's last one left.
    """
    first = begins.astimezone(SHANGHAI).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    after = (
        first.replace(year=first.year + 1, month=1)
        if first.month == _DECEMBER
        else first.replace(month=first.month + 1)
    )
    began = or_(
        Campaign.launched_at.is_not(None), Campaign.status != CampaignState.CANCELLED
    )
    counted = (
        select(func.sum(Approval.messages))
        .join(Permission, Permission.id == Approval.permission_id)
        .join(Campaign, Campaign.id == Approval.campaign_id)
        .where(
            Permission.categories == permission.categories,
            Approval.at == Campaign.approved_at,
            Campaign.due_at >= first,
            Campaign.due_at < after,
            began,
        )
    )
    return Month(permission.quota, session.scalar(counted) or 0)


def waiting(session: Session) -> list[Permission]:
    """What was proposed and is not decided, the oldest first."""
    return list(session.scalars(select(Permission).where(*UNDECIDED).order_by("id")))


def every(session: Session, categories: int = 0) -> list[Permission]:
    """All of them, the newest first; ``categories`` keeps to one association's."""
    query = select(Permission).order_by(Permission.id.desc())
    if categories:
        query = query.where(Permission.categories == categories)
    return list(session.scalars(query))


AS_BEFORE = mark("请照常送县残联批准。")


def _locked(session: Session, permission_id: int) -> Permission:
    found = session.get(Permission, permission_id, with_for_update=True)
    if found is None:
        raise NotFound(mark("没有这项长期许可。"))
    return found


def _back(session: Session, campaign_id: int, by: int, now: datetime) -> bool:
    """Whether it could still be taken back: it may begin at this moment."""
    try:
        lifecycle.take_back(session, campaign_id, by=by, now=now)
    except Stale:
        return False
    return True


def _a_year_after(day: date) -> date:
    if (day.month, day.day) == _LEAP_DAY:
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)
