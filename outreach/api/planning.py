"""Campaigns: read, drafted and handed in; releasing is a person's deed, on a page."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.bulletins import listing
from campaigns.errors import Refused, mark
from campaigns.planning import drafting, lifecycle
from campaigns.planning import listing as campaigns
from campaigns.planning.models import Campaign
from outreach.access import Action
from outreach.api import shapes
from outreach.api.operations import operation
from outreach.api.paging import listed
from outreach.providers import mute
from outreach.web.campaign_check import found, require_for
from outreach.web.campaign_form import usable_segments
from outreach.web.gate import acting, now, wired
from outreach.web.noting import noted


@operation(
    "get",
    "/campaigns",
    Action.READ_CAMPAIGNS,
    mark("看任务"),
    query=shapes.Page,
    answers=shapes.Campaigns,
)
def list_campaigns(session: Session, asked: shapes.Page) -> shapes.Campaigns:
    """Campaigns within one's categories, in the order of their ids."""
    rows = campaigns.ids_after(
        session,
        asked.after,
        categories=acting().categories,
        limit=asked.limit + 1,
    )
    return listed(
        shapes.Campaigns,
        rows,
        asked,
        lambda number: shown(lifecycle.get_campaign(session, number)),
    )


@operation(
    "get",
    "/campaigns/{campaign_id}",
    Action.READ_CAMPAIGNS,
    mark("看一个任务"),
    answers=shapes.Campaign,
)
def read_campaign(session: Session, campaign_id: int) -> shapes.Campaign:
    """One campaign."""
    return shown(found(session, campaign_id))


@operation(
    "post",
    "/campaigns",
    Action.MAKE_CAMPAIGNS,
    mark("建任务"),
    body=shapes.NewCampaign,
    answers=shapes.Campaign,
    found_at="/campaigns/{id}",
    status=201,
)
def draft_campaign(session: Session, asked: shapes.NewCampaign) -> shapes.Campaign:
    """A draft with an issued text and a segment of one's own categories."""
    versions = listing.usable(session, now(), acting().categories)
    if asked.version_id not in {row.version_id for row in versions}:
        raise Refused(mark("选一篇已签发的文稿。"))
    if asked.segment_id not in {each.id for each in usable_segments(session)}:
        raise Refused(mark("选一个人群。"))
    settings = wired().settings
    if "voice" in asked.channels and (why := mute(settings.provider, settings)):
        raise why
    made = drafting.draft_campaign(
        session,
        name=asked.name,
        version_id=asked.version_id,
        segment_id=asked.segment_id,
        channels=asked.channels,
        provider=settings.provider,
        starts_at=asked.starts_at,
        send_before=asked.send_before,
        by=acting().user_id,
        now=now(),
    )
    noted(session, "draft_campaign", f"campaign:{made.id}")
    return shown(made)


@operation(
    "post",
    "/campaigns/{campaign_id}/submit",
    Action.SUBMIT_CAMPAIGNS,
    mark("任务送审批"),
    answers=shapes.Campaign,
    found_at="/campaigns/{id}",
)
def submit_campaign(session: Session, campaign_id: int) -> shapes.Campaign:
    """Hand it to a colleague; nothing goes out before that person releases it."""
    require_for(session, found(session, campaign_id))
    by = acting().user_id
    campaign = lifecycle.submit(session, campaign_id, by=by, now=now())
    noted(session, "submit_campaign", f"campaign:{campaign_id}")
    return shown(campaign)


def shown(campaign: Campaign) -> shapes.Campaign:
    """The campaign's decisions and where it stands."""
    return shapes.Campaign(
        id=campaign.id,
        name=campaign.name,
        version_id=campaign.version_id,
        segment_id=campaign.segment_id,
        channels=list(campaign.channels),
        provider=campaign.provider,
        urgency=campaign.urgency,
        status=campaign.status,
        starts_at=campaign.starts_at,
        send_before=campaign.send_before,
        launched_at=campaign.launched_at,
        finished_at=campaign.finished_at,
    )
