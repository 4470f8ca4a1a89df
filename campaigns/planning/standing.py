"""What stands in the way of a campaign, asked when it is submitted and released."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import add

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from campaigns.audience.channel_choice import Choice
from campaigns.audience.rules import Rule
from campaigns.audience.selection import where
from campaigns.bulletins.carrier_rules import rules_of
from campaigns.bulletins.models import BulletinVersion
from campaigns.errors import CampaignError, NotReady, Refused, mark
from campaigns.planning.calendar import next_opening
from campaigns.planning.carriage import carrier_faults
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.shanghai import SHANGHAI, day_of
from campaigns.vocabulary import BulletinState, CampaignState, Channel, Urgency
from campaigns.words import word

TIPS_A_WEEK = 2
WEEK = timedelta(days=7)
_DAY = timedelta(hours=24)
_DECIDED = (
    CampaignState.APPROVED,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
    CampaignState.FINISHED,
)


def obstacles(
    session: Session, campaign: Campaign, rule: Rule, now: datetime
) -> list[CampaignError]:
    """Every reason why the campaign may not go out now; empty when it may."""
    return [
        *_text(campaign, now),
        *carrier_faults(session, campaign, campaign.provider),
        *_calls(campaign),
        *_times(campaign, now),
        *_audience(session, campaign, rule, now),
        *_repeated(session, campaign, rule, now),
    ]


def refuse_obstacles(
    session: Session, campaign: Campaign, rule: Rule, now: datetime
) -> None:
    """Raises the first of ``obstacles``, Refused or NotReady."""
    for obstacle in obstacles(session, campaign, rule, now):
        raise obstacle


def _text(campaign: Campaign, now: datetime) -> Iterator[CampaignError]:
    version = campaign.version
    if version.state is not BulletinState.ISSUED:
        yield NotReady(mark("文稿不是最新签发的版本。换成已签发的文稿再送审批。"))
    begins = day_of(max(campaign.starts_at or now, now))
    if version.valid_until is not None and version.valid_until < begins:
        yield Refused(
            mark("文稿有效期到 %(day)s，发送时已经过期。请换文稿或改时间。"),
            day=version.valid_until,
        )
    if Channel.SMS in campaign.channels and not version.sms_text.strip():
        yield NotReady(mark("这篇文稿没有短信正文，不能用短信发。"))
    if Channel.LOUDSPEAKER in campaign.channels and not version.spoken_text.strip():
        yield NotReady(mark("这篇文稿没有口播稿，不能用大喇叭播。"))


def _calls(campaign: Campaign) -> Iterator[CampaignError]:
    if Channel.VOICE not in campaign.channels:
        return
    if not campaign.version.spoken_text.strip():
        yield NotReady(mark("这篇文稿没有口播稿，不能打语音电话。"))
    if not rules_of(campaign.provider).calls:
        yield Refused(
            mark("%(carrier)s不能打语音电话。"),
            mark("请去掉语音电话，由人照电话单打。"),
            carrier=word(f"provider.{campaign.provider}"),
        )


def unheard(campaign: Campaign) -> bool:
    """Whether it would call people with a clip that nobody has listened to."""
    calls = Channel.VOICE in campaign.channels
    return calls and not campaign.version.call_heard_by


def _times(campaign: Campaign, now: datetime) -> Iterator[CampaignError]:
    opens = next_opening(campaign, max(campaign.starts_at or now, now))
    if opens >= campaign.send_before:
        yield Refused(
            mark("到最晚发送时间为止，没有可以发送的时段。请把最晚发送时间改后一些。")
        )


def _audience(
    session: Session, campaign: Campaign, rule: Rule, now: datetime
) -> Iterator[CampaignError]:
    nobody = session.scalar(select(Member.id).where(*where(rule, now)).limit(1)) is None
    if nobody and Channel.LOUDSPEAKER not in campaign.channels:
        yield Refused(mark("这个人群里现在没有人。请改人群的条件。"))


def _repeated(
    session: Session, campaign: Campaign, rule: Rule, now: datetime
) -> Iterator[CampaignError]:
    if campaign.follows_id is not None:
        return
    others = _decided_since(session, campaign, now - WEEK)
    for other in others:
        if (
            _same_text(other, campaign)
            and other.rule == rule.to_json()
            and _begins(other) > now - _DAY
        ):
            yield Refused(
                mark("“%(name)s”在 24 小时内已经把同样的话发给同样的人，不再重复发。"),
                name=other.name,
            )
    if campaign.urgency is Urgency.TIP and Channel.SMS in campaign.channels:
        yield from _too_many_tips(session, campaign, rule, others, now)


def _same_text(one: Campaign, other: Campaign) -> bool:
    words = one.version.content_hash
    return one.version_id == other.version_id or (
        bool(words) and words == other.version.content_hash
    )


def _too_many_tips(
    session: Session,
    campaign: Campaign,
    rule: Rule,
    others: list[Campaign],
    now: datetime,
) -> Iterator[CampaignError]:
    tips = [
        other
        for other in others
        if other.urgency is Urgency.TIP and Channel.SMS in other.channels
    ]
    if len(tips) < TIPS_A_WEEK:
        return
    full = _people_told_enough(session, campaign, rule, tips, now)
    if full:
        free = min(sorted(map(_begins, tips), reverse=True)[:TIPS_A_WEEK]) + WEEK
        yield Refused(
            mark(
                "有 %(people)s 人 7 天内已收到 2 条提示，每周最多 2 条。"
                "%(free)s 以后再发，或者换人群。"
            ),
            people=full,
            free=free.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        )


def _people_told_enough(
    session: Session,
    campaign: Campaign,
    rule: Rule,
    tips: list[Campaign],
    now: datetime,
) -> int:
    turns = [
        case((_conditions(Rule.from_json(other.rule), now), 1), else_=0)
        for other in tips
    ]
    told = reduce(add, turns)
    sendable = Choice(campaign.urgency, now).told
    people = select(func.count(Member.id)).where(
        *where(rule, now), sendable, told >= TIPS_A_WEEK
    )
    return session.scalar(people) or 0


def _conditions(rule: Rule, now: datetime) -> ColumnElement[bool]:
    return and_(literal(value=True), *where(rule, now))


def _decided_since(
    session: Session, campaign: Campaign, since: datetime
) -> list[Campaign]:
    begins = func.coalesce(Campaign.launched_at, Campaign.due_at)
    cancelled_late = and_(
        Campaign.status == CampaignState.CANCELLED, Campaign.launched_at.is_not(None)
    )
    found = (
        select(Campaign)
        .join(BulletinVersion, Campaign.version_id == BulletinVersion.id)
        .where(
            Campaign.id != campaign.id,
            or_(Campaign.status.in_(_DECIDED), cancelled_late),
            begins > since,
        )
    )
    return list(session.scalars(found))


def _begins(campaign: Campaign) -> datetime:
    begins = campaign.launched_at or campaign.due_at
    return begins or campaign.made_at
