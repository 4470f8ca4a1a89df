"""Today's figures on the home page, by role."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from campaigns.errors import mark
from campaigns.fieldwork.models import Announcement
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.reporting.daily.clock import SHANGHAI, day_of
from campaigns.vocabulary import AnnouncementState, CampaignState
from outreach.access import Acting, Action, may, scope
from outreach.accounts import Role
from outreach.counting import counting, counts

_UNDER_WAY = Campaign.status.in_((CampaignState.RUNNING, CampaignState.PAUSED))
_DUE = Announcement.state.not_in(
    (AnnouncementState.NOT_DUE, AnnouncementState.WITHDRAWN)
)
_PLAYED = Announcement.state.in_((AnnouncementState.PLAYED, AnnouncementState.SIGNED))


def figures(session: Session, acting: Acting, now: datetime) -> list[tuple[str, int]]:
    """Today's figures of this role: msgid and number, all by one statement."""
    if acting.role is Role.ADMINISTRATOR:
        return []
    asked: dict[str, Select[int]] = {}
    if may(acting, Action.LIST_MEMBERS):
        mine = scope(acting, Action.LIST_MEMBERS).where()
        asked[mark("在册人员")] = counting(Member, *mine)
    if may(acting, Action.READ_CAMPAIGNS):
        asked[mark("进行中的任务")] = counting(Campaign, _UNDER_WAY)
    if may(acting, Action.READ_FIELDWORK):
        asked |= _announcements(acting, now)
    return list(zip(asked, counts(session, *asked.values()), strict=True))


def _announcements(acting: Acting, now: datetime) -> dict[str, Select[int]]:
    """Of campaigns under way or begun today: the cost does not grow with history."""
    morning = datetime.combine(day_of(now), time(), SHANGHAI)
    of_today = or_(_UNDER_WAY, Campaign.launched_at >= morning)
    here = (
        Announcement.village.startswith(acting.place, autoescape=True),
        Announcement.campaign_id.in_(select(Campaign.id).where(of_today)),
    )
    return {
        mark("应播（村次）"): counting(Announcement, *here, _DUE),
        mark("已播（村次）"): counting(Announcement, *here, _PLAYED),
    }
