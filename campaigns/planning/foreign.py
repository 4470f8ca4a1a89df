"""Routes that take numbers or texts out of the country: closed until two open one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, mark
from campaigns.planning.models import Campaign, ForeignRoute
from campaigns.planning.pausing import pause_all
from campaigns.vocabulary import CampaignState
from campaigns.words import word

ROUTES = ("twilio", "google")
"""The carrier whose servers stand abroad, and the voice that is asked over there."""
UNDECIDED = ForeignRoute.confirmed_at.is_(None), ForeignRoute.ended_at.is_(None)
"""What was proposed and is neither open nor refused."""
_DOCUMENT = range(2, 61)
_TO_GO = (
    CampaignState.SUBMITTED,
    CampaignState.APPROVED,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
)


def propose(
    session: Session, route: str, document: str, *, by: int, now: datetime
) -> ForeignRoute:
    """Name the document that allows ``route``. Raises Refused, NotFound."""
    if route not in ROUTES:
        raise NotFound(mark("没有这条境外线路。"))
    if len(document.strip()) not in _DOCUMENT:
        raise Refused(mark("请写批准文号，2 到 60 个字。"))
    if any(one.route == route for one in standing(session)):
        raise Refused(mark("这条线路已经提出或者开通了。要换文号，请先关闭。"))
    made = ForeignRoute(
        route=route, document=document.strip(), proposed_by=by, proposed_at=now
    )
    session.add(made)
    session.flush()
    return made


def confirm(session: Session, one_id: int, *, by: int, now: datetime) -> ForeignRoute:
    """Open it. Raises NotAllowed for whoever proposed it, NotReady once decided."""
    one = _locked(session, one_id)
    if one.confirmed_at is not None:
        raise NotReady(mark("这条线路已经开通了。"))
    if by == one.proposed_by:
        raise NotAllowed(mark("自己提出的境外线路，要另一位同事来批准。"))
    one.confirmed_by, one.confirmed_at = by, now
    session.flush()
    return one


def close(session: Session, one_id: int, *, by: int, now: datetime) -> list[int]:
    """Refuse it, or close it again; returns the campaigns that it pauses.

    They go on when somebody resumes them, once the route is open again.
    """
    one = _locked(session, one_id)
    one.ended_by, one.ended_at = by, now
    session.flush()
    return pause_all(session, now, provider=one.route, by=by)


def refusal(session: Session, route: str) -> NotReady | None:
    """Why nothing may go over ``route`` now; None for what stays in the country."""
    if route not in ROUTES:
        return None
    opened = any(one.confirmed_at for one in standing(session) if one.route == route)
    return None if opened else NotReady(_CLOSED, MEND, name=name_of(route))


def stopped(session: Session) -> dict[str, int]:
    """How many campaigns cannot go on, or out, because their route is closed."""
    waiting = (
        select(Campaign.provider, func.count())
        .where(Campaign.provider.in_(ROUTES), Campaign.status.in_(_TO_GO))
        .group_by(Campaign.provider)
    )
    found = session.execute(waiting)
    return {route: n for route, n in found if refusal(session, route) is not None}


def name_of(route: str) -> str:
    """What people call it."""
    return word(f"route.{route}")


def standing(session: Session) -> list[ForeignRoute]:
    """What is proposed or open."""
    kept = select(ForeignRoute).where(ForeignRoute.ended_at.is_(None))
    return list(session.scalars(kept.order_by(ForeignRoute.id)))


def past(session: Session) -> list[ForeignRoute]:
    """What was refused or closed, the newest first."""
    ended = select(ForeignRoute).where(ForeignRoute.ended_at.is_not(None))
    return list(session.scalars(ended.order_by(ForeignRoute.id.desc())))


_CLOSED = mark("%(name)s 会把号码或文字送到境外，还没有批准。")
MEND = mark("请系统管理员在“境外线路”页写批准文号，由县残联批准；或者换境内的。")
"""How a closed route is opened, or done without."""


def _locked(session: Session, one_id: int) -> ForeignRoute:
    found = session.get(ForeignRoute, one_id, with_for_update=True)
    if found is None or found.ended_at is not None:
        raise NotFound(mark("没有这条境外线路。"))
    return found
