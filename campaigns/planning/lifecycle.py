"""A campaign's way from draft to end; every step is one guarded UPDATE."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.audience.segments import rule_of
from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, Stale, mark
from campaigns.planning.drafting import draft_campaign
from campaigns.planning.models import Campaign
from campaigns.planning.standing import refuse_obstacles, unheard
from campaigns.register.unit import current_unit
from campaigns.vocabulary import CAMPAIGN_STEPS, CampaignState, Urgency

__all__ = [
    "cancel",
    "content_hash",
    "draft_campaign",
    "finish",
    "get_campaign",
    "pause",
    "release",
    "resume",
    "send_back",
    "step",
    "submit",
    "take_back",
    "withdraw_submission",
]

_S = CampaignState


def get_campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign with this id. Raises NotFound."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(mark("没有这个任务，可能已经删除。"))
    return campaign


def submit(
    session: Session, campaign_id: int, *, by: int | None, now: datetime
) -> Campaign:
    """Freeze the segment's rule and hand the campaign to whoever releases it.

    Raises Refused or NotReady with the first obstacle, Stale.
    """
    campaign = get_campaign(session, campaign_id)
    rule = rule_of(session, campaign.segment)
    refuse_obstacles(session, campaign, rule, now)
    campaign.rule = rule.to_json()
    return step(
        session,
        campaign,
        _S.SUBMITTED,
        by=by,
        now=now,
        rule=campaign.rule,
        content_hash=content_hash(campaign),
        submitted_by=by,
        submitted_at=now,
        return_reason=None,
    )


def release(
    session: Session,
    campaign_id: int,
    *,
    by: int,
    content_hash: str,
    now: datetime,
) -> Campaign:
    """Approve exactly what was read; it begins after the hold, or at its time.

    ``content_hash`` is the one on the page. Raises NotAllowed for whoever submitted
    it, Refused or NotReady with the first obstacle, Stale when it changed since.
    """
    campaign = get_campaign(session, campaign_id)
    if by in {campaign.made_by, campaign.submitted_by}:
        raise NotAllowed(mark("自己送审批的任务不能自己批准，请另一位同事来批。"))
    refuse_obstacles(session, campaign, Rule.from_json(campaign.rule), now)
    if unheard(campaign):
        raise NotReady(mark("打电话放的录音还没有人试听。请听一遍，填上试听人再批准。"))
    return step(
        session,
        campaign,
        _S.APPROVED,
        Campaign.content_hash == content_hash,
        by=by,
        now=now,
        approved_by=by,
        approved_at=now,
        return_reason=None,
        due_at=due(session, campaign, now),
    )


def due(session: Session, campaign: Campaign, now: datetime) -> datetime:
    """When it begins if it is released now: at its time, but not within the hold."""
    return max(campaign.starts_at or now, now + hold(session, campaign.urgency))


def hold(session: Session, urgency: Urgency) -> timedelta:
    """The time in which an approval can be taken back; half of it in an emergency."""
    seconds = current_unit(session).hold_seconds
    return timedelta(seconds=seconds / (2 if urgency is Urgency.EMERGENCY else 1))


def take_back(
    session: Session, campaign_id: int, *, by: int | None, now: datetime
) -> Campaign:
    """Undo an approval before anything was launched. Raises Stale afterwards."""
    return step(
        session,
        get_campaign(session, campaign_id),
        _S.DRAFT,
        Campaign.status == _S.APPROVED,
        Campaign.launched_at.is_(None),
        by=by,
        now=now,
        **_UNDECIDED,
    )


def send_back(
    session: Session, campaign_id: int, *, by: int, reason: str, now: datetime
) -> Campaign:
    """Return a submitted campaign to its maker. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(mark("写一句退回的原因，对方才知道改哪里。"))
    return step(
        session,
        get_campaign(session, campaign_id),
        _S.DRAFT,
        Campaign.status == _S.SUBMITTED,
        by=by,
        now=now,
        return_reason=reason.strip(),
        **_UNDECIDED,
    )


def withdraw_submission(
    session: Session, campaign_id: int, *, by: int, now: datetime
) -> Campaign:
    """The maker takes a submitted campaign back to change it."""
    return step(
        session,
        get_campaign(session, campaign_id),
        _S.DRAFT,
        Campaign.status == _S.SUBMITTED,
        by=by,
        now=now,
        **_UNDECIDED,
    )


def pause(session: Session, campaign_id: int, *, by: int, now: datetime) -> Campaign:
    """Stop claiming; what is in flight still ends. Raises Stale."""
    campaign = get_campaign(session, campaign_id)
    return step(session, campaign, _S.PAUSED, by=by, now=now)


def resume(session: Session, campaign_id: int, *, by: int, now: datetime) -> Campaign:
    """Go on after a pause. Raises Stale, Refused past its last moment."""
    campaign = get_campaign(session, campaign_id)
    if campaign.send_before <= now:
        raise Refused(mark("最晚发送时间已经过了，不能再继续。请另建任务。"))
    paused = Campaign.status == _S.PAUSED
    return step(session, campaign, _S.RUNNING, paused, by=by, now=now)


def cancel(session: Session, campaign_id: int, *, by: int, now: datetime) -> Campaign:
    """End it for good; what is still queued is cancelled by the gate. Raises Stale."""
    campaign = get_campaign(session, campaign_id)
    return step(session, campaign, _S.CANCELLED, by=by, now=now, finished_at=now)


def finish(session: Session, campaign_id: int, now: datetime) -> bool:
    """Mark a running campaign finished; False where it is in another state."""
    try:
        campaign = get_campaign(session, campaign_id)
        step(session, campaign, _S.FINISHED, by=None, now=now, finished_at=now)
    except Stale:
        return False
    return True


def content_hash(campaign: Campaign) -> str:
    """SHA-256 of everything that a release is bound to."""
    facts = {
        "version": campaign.version.content_hash,
        "rule": campaign.rule,
        "channels": campaign.channels,
        "provider": campaign.provider,
        "starts_at": campaign.starts_at,
        "send_before": campaign.send_before,
        "window": [campaign.window_from, campaign.window_to],
        "resend_absent": campaign.resend_absent,
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


_UNDECIDED: dict[str, Any] = {
    "approved_by": None,
    "approved_at": None,
    "due_at": None,
    "released_alone_by": None,
    "content_hash": "",
}


def step(
    session: Session,
    campaign: Campaign,
    to: CampaignState,
    *conditions: ColumnElement[bool],
    by: int | None,
    now: datetime,
    **columns: Any,  # noqa: ANN401 - columns of the campaign
) -> Campaign:
    """Move a campaign on by one guarded UPDATE. Raises Stale where it moved already."""
    before = [state for state, after in CAMPAIGN_STEPS.items() if to in after]
    session.flush()
    moved = session.scalar(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.status.in_(before), *conditions)
        .values(status=to, moved_by=by, moved_at=now, **columns)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(campaign)
    if moved is None:
        raise Stale(mark("任务刚被别人改动或处理过，现在不能这样办。刷新后再看。"))
    return campaign
