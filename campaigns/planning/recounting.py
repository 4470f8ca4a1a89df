"""What a standing permission let go is counted anew when its audience is frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.errors import NotReady, mark
from campaigns.planning.approving import approval_of
from campaigns.planning.forecast import forecast
from campaigns.planning.lifecycle import get_campaign, step
from campaigns.planning.models import Approval, Campaign, Permission
from campaigns.planning.permissions import in_force, month_of
from campaigns.vocabulary import ApprovalWay, CampaignState

REASON = mark(
    "放行以后名单变长了，超过长期许可本月剩下的条数，所以没有发出。"
    "请县残联照常批准；也可以拿回来，把人群改小再送。"
)


def hold_exceeding(session: Session, campaign_id: int, now: datetime) -> bool:
    """Wait for the county where the audience outgrew the permission; whether it did.

    Otherwise what it takes of the quota is what it takes now, more or less than at its
    release. Of two launches at once the second waits and finds it done.
    """
    campaign = get_campaign(session, campaign_id)
    kept = _permitted(session, campaign, now)
    if kept is None:
        return False
    # Whoever releases another campaign of the association waits for this lock too.
    session.get(Permission, kept.permission_id, with_for_update=True)
    session.refresh(campaign)
    if _permitted(session, campaign, now) is None:
        return False
    foreseen = forecast(session, campaign, now)
    needed = foreseen.messages + foreseen.calls
    if needed > kept.messages and needed > _left(session, campaign, kept, now):
        _hold(session, campaign, now)
        return True
    kept.messages = needed
    session.flush()
    return False


def _hold(session: Session, campaign: Campaign, now: datetime) -> None:
    """Undo the approval; what was submitted waits as it was for another one."""
    step(
        session,
        campaign,
        CampaignState.SUBMITTED,
        Campaign.status == CampaignState.APPROVED,
        Campaign.launched_at.is_(None),
        by=None,
        now=now,
        return_reason=REASON,
        approved_by=None,
        approved_at=None,
        due_at=None,
    )


def _permitted(session: Session, campaign: Campaign, now: datetime) -> Approval | None:
    """How it was permitted, where it is due and nothing was frozen yet."""
    waits = campaign.status is CampaignState.APPROVED and campaign.launched_at is None
    if not waits or campaign.due_at is None or campaign.due_at > now:
        return None
    kept = approval_of(session, campaign)
    return kept if kept and kept.way is ApprovalWay.PERMISSION else None


def _left(session: Session, campaign: Campaign, kept: Approval, now: datetime) -> int:
    """What is left of the month's quota for this one; nothing once no permission is."""
    given = session.get_one(Permission, kept.permission_id)
    try:
        permission = in_force(session, given.categories, now, lock=True)
    except NotReady:
        return 0
    month = month_of(session, permission, campaign.due_at or now)
    return month.quota - (month.used - kept.messages)
