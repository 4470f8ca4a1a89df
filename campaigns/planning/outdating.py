"""A campaign whose text was superseded after its approval goes back to its maker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.errors import mark
from campaigns.planning.lifecycle import get_campaign, take_back
from campaigns.vocabulary import BulletinState, CampaignState

REASON = mark("文稿后来出了新版，旧版不再发。请换成新版，再送审批。")


def send_home(session: Session, campaign_id: int, now: datetime) -> bool:
    """Take the approval away where the text is superseded; whether that was so."""
    campaign = get_campaign(session, campaign_id)
    waits = campaign.status is CampaignState.APPROVED and campaign.launched_at is None
    if not waits or campaign.version.state is not BulletinState.SUPERSEDED:
        return False
    take_back(session, campaign_id, by=None, now=now)
    campaign.return_reason = REASON
    session.flush()
    return True
