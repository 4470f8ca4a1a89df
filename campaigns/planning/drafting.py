"""Drafting a campaign: what is said, to whom, how, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from campaigns.audience.segments import get_segment
from campaigns.bulletins.drafting import get_version
from campaigns.errors import NotReady, Refused, mark
from campaigns.planning.calendar import next_opening, open_until
from campaigns.planning.models import Campaign
from campaigns.register import practice
from campaigns.register.unit import current_unit
from campaigns.vocabulary import BulletinState, CampaignState, Channel, Urgency

CHANNELS = (Channel.SMS, Channel.VOICE, Channel.LOUDSPEAKER)
_NAME_AT_MOST = 60
_WHOLE_DAY = timedelta(hours=24)


class Plan(TypedDict, total=False):
    """What may be changed in a draft; what is absent stays as it was."""

    name: str
    version_id: int
    segment_id: int
    channels: list[str]
    provider: str
    starts_at: datetime | None
    send_before: datetime | None
    resend_absent: bool


def draft_campaign(  # noqa: PLR0913 - one keyword a decision
    session: Session,
    *,
    name: str,
    version_id: int,
    segment_id: int,
    channels: Iterable[str],
    provider: str,
    starts_at: datetime | None = None,
    send_before: datetime | None = None,
    resend_absent: bool = False,
    by: int | None,
    now: datetime,
) -> Campaign:
    """A new campaign with the unit's window; nothing happens until it is released.

    Without ``send_before`` it ends with the day on which it starts. Raises Refused
    and NotReady with a sentence about the field that is wrong.
    """
    unit = current_unit(session)
    campaign = Campaign(
        status=CampaignState.DRAFT,
        window_from=unit.window_from,
        window_to=unit.window_to,
        urgency=Urgency.TIP,
        made_by=by,
        made_at=now,
        rule={},
        resend_absent=resend_absent,
    )
    plan: Plan = {
        "name": name,
        "version_id": version_id,
        "segment_id": segment_id,
        "channels": list(channels),
        "provider": provider,
        "starts_at": starts_at,
        "send_before": send_before,
    }
    _put(session, campaign, plan, now)
    session.add(campaign)
    session.flush()
    return campaign


def change_campaign(
    session: Session, campaign: Campaign, plan: Plan, *, now: datetime
) -> Campaign:
    """Change a draft. Raises NotReady once it was submitted, Refused, NotFound."""
    if campaign.status is not CampaignState.DRAFT:
        raise NotReady(mark("任务已经送审批。请先退回，再修改。"))
    _put(session, campaign, plan, now)
    session.flush()
    return campaign


def _put(session: Session, campaign: Campaign, plan: Plan, now: datetime) -> None:
    fields: dict[str, Any] = dict(plan)
    if "name" in fields:
        campaign.name = _checked_name(fields["name"])
    if "channels" in fields:
        campaign.channels = _checked_channels(fields["channels"])
    if "provider" in fields:
        practised = practice.since(session) is not None
        campaign.provider = practice.CARRIER if practised else fields["provider"]
    if "resend_absent" in fields:
        campaign.resend_absent = fields["resend_absent"]
    if "segment_id" in fields:
        campaign.segment_id = get_segment(session, fields["segment_id"]).id
    if "version_id" in fields:
        _put_version(session, campaign, fields["version_id"])
    if "starts_at" in fields:
        campaign.starts_at = fields["starts_at"]
    begins = max(campaign.starts_at or now, now)
    if "send_before" in fields:
        campaign.send_before = fields["send_before"] or _end_of_day(campaign, begins)
    if campaign.send_before <= begins:
        raise Refused(mark("最晚发送时间要晚于开始时间。请改其中一个。"))


def _put_version(session: Session, campaign: Campaign, version_id: int) -> None:
    version = get_version(session, version_id)
    if version.state is not BulletinState.ISSUED:
        raise NotReady(mark("这篇文稿还没有签发，不能建任务。"))
    campaign.version = version
    campaign.version_id, campaign.urgency = version.id, version.urgency


def _end_of_day(campaign: Campaign, begins: datetime) -> datetime:
    opening = next_opening(campaign, begins)
    closing = open_until(campaign, opening)
    within_a_day = closing is not None and closing - opening <= _WHOLE_DAY
    return closing if closing and within_a_day else opening + _WHOLE_DAY


def _checked_name(name: str) -> str:
    plain = name.strip()
    if not plain or len(plain) > _NAME_AT_MOST:
        raise Refused(mark("任务名称写 1 到 %(most)s 字。"), most=_NAME_AT_MOST)
    return plain


def _checked_channels(channels: Iterable[str]) -> list[str]:
    wanted = {str(channel) for channel in channels}
    if not wanted or not wanted <= {*CHANNELS}:
        raise Refused(mark("至少选一种方式：短信、语音电话或大喇叭。"))
    if Channel.VOICE in wanted and Channel.SMS not in wanted:
        raise Refused(mark("语音电话要和短信一起选：不接电话的人收短信。"))
    return [channel.value for channel in CHANNELS if channel in wanted]
