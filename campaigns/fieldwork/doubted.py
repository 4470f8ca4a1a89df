"""A visit instead of waiting for what becomes of a text in doubt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.doubts import demand_doubt
from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.outcomes import owes_visits
from campaigns.errors import Refused, Stale, mark
from campaigns.fieldwork.visit_models import VisitMissed
from campaigns.fieldwork.visits import put_on_list
from campaigns.orm import number, packed_ids
from campaigns.planning.lifecycle import get_campaign
from campaigns.vocabulary import MessageState


def visit_instead(session: Session, message_id: int, now: datetime) -> None:
    """Open the visit now that ``confirm_by`` would bring; the text stays in doubt.

    A receipt that comes late closes it as any other. Raises Refused for a tip and once
    the campaign was stopped, Stale where the visit is listed or the doubt is over.
    """
    message = demand_doubt(session, message_id)
    campaign = get_campaign(session, message.campaign_id)
    if not owes_visits(campaign):
        raise Refused(mark("健康提示和已停止的任务不转走访。"))
    if message_id in to_be_visited(session, campaign.id):
        raise Stale(mark("这个人已经在走访名单里了。"))
    who = Recipient.member_id == message.member_id
    mine = select(Recipient.id).where(Recipient.campaign_id == campaign.id, who)
    found = session.scalars(mine).one()
    put_on_list(session, campaign, packed_ids([found]), now)


def to_be_visited(session: Session, campaign_id: int) -> set[int]:
    """Messages of a campaign in doubt whose people are on its list of visits."""
    listed = (
        select(Message.id)
        .join(VisitMissed, VisitMissed.member_id == Message.member_id)
        .where(
            Message.campaign_id == campaign_id,
            Message.state == number(MessageState.IN_DOUBT),
            VisitMissed.campaign_id == campaign_id,
        )
    )
    return set(session.scalars(listed))
