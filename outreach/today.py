"""Today's figures on the home page, by role."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.errors import mark
from campaigns.fieldwork.models import Announcement
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.vocabulary import AnnouncementState, CampaignState
from outreach.access import Acting, Action, may, scope
from outreach.accounts import Role
from outreach.to_do import count_of


def figures(session: Session, acting: Acting) -> list[tuple[str, int]]:
    """Today's figures of this role: msgid and number."""
    if acting.role is Role.ADMINISTRATOR:
        return []
    found = []
    if may(acting, Action.LIST_MEMBERS):
        n = count_of(session, Member, *scope(acting, Action.LIST_MEMBERS).where())
        found.append((mark("在册人员"), n))
    if may(acting, Action.READ_CAMPAIGNS):
        under_way = Campaign.status.in_((CampaignState.RUNNING, CampaignState.PAUSED))
        found.append((mark("进行中的任务"), count_of(session, Campaign, under_way)))
    if may(acting, Action.READ_FIELDWORK):
        here = Announcement.village.startswith(acting.place, autoescape=True)
        due = Announcement.state.not_in(
            (AnnouncementState.NOT_DUE, AnnouncementState.WITHDRAWN)
        )
        played = Announcement.state.in_(
            (AnnouncementState.PLAYED, AnnouncementState.SIGNED)
        )
        found.append((mark("应播（村次）"), count_of(session, Announcement, here, due)))
        found.append(
            (mark("已播（村次）"), count_of(session, Announcement, here, played))
        )
    return found
