"""Whom a campaign tells that follows another: the unconfirmed, or those told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.audience.selection import where
from campaigns.delivery.models import Recipient
from campaigns.delivery.outcomes import STILL_OWED, any_of, of_kinds
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.vocabulary import Follows, MemberStatus, Reason

_TOLD = (Reason.MET, Reason.FAMILY_MET)


def whom(
    session: Session, campaign: Campaign, now: datetime
) -> list[ColumnElement[bool]]:
    """Conditions on Member: the frozen rule, and what the earlier campaign left."""
    ours = list(where(Rule.from_json(campaign.rule), now))
    if campaign.follows_id is None:
        return ours
    first = session.get_one(Campaign, campaign.follows_id)
    if campaign.follows is Follows.SECOND_WAVE:
        left = any_of(of_kinds(session, first, STILL_OWED))
    else:
        left = or_(Recipient.best >= 0, Recipient.reason.in_(_TOLD))
    among = select(Recipient.member_id).where(Recipient.campaign_id == first.id, left)
    return [Member.id.in_(among), Member.status != MemberStatus.MERGED]
