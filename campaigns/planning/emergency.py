"""The first minutes of an emergency: one duty officer releases a standing text.

A standing text is an emergency text that two people issued in advance and that
somebody listened to. Whoever releases one alone is countersigned by another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.models import Segment
from campaigns.audience.rules import Rule
from campaigns.bulletins.carrier_rules import rules_of
from campaigns.bulletins.models import BulletinVersion
from campaigns.errors import NotAllowed, NotFound, NotReady, Refused, mark
from campaigns.planning import lifecycle
from campaigns.planning.drafting import draft_campaign
from campaigns.planning.models import Campaign
from campaigns.planning.standing import refuse_obstacles
from campaigns.register.models import Place
from campaigns.shanghai import day_of
from campaigns.vocabulary import (
    BulletinState,
    CampaignState,
    Channel,
    Follows,
    Level,
    Urgency,
)

COUNTERSIGN_WITHIN = timedelta(hours=12)
_NAME = 60
_SUFFIX = {Follows.SECOND_WAVE: "（第二轮）", Follows.ALL_CLEAR: "（解除）"}


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A campaign that one person released and nobody countersigned yet."""

    campaign: Campaign
    due_at: datetime
    late: bool


def standing_texts(session: Session, now: datetime) -> list[BulletinVersion]:
    """Emergency texts that may be released now, by their issue."""
    today = day_of(now)
    found = session.scalars(
        select(BulletinVersion)
        .where(
            BulletinVersion.urgency == Urgency.EMERGENCY,
            BulletinVersion.state == BulletinState.ISSUED,
            BulletinVersion.heard_by.is_not(None),
        )
        .order_by(BulletinVersion.issued_at, BulletinVersion.id)
    )
    return [it for it in found if it.valid_until is None or it.valid_until >= today]


def release_alone(  # noqa: PLR0913 - what, where, typed by whom, through whom, when
    session: Session,
    version_id: int,
    township: str,
    typed: str,
    *,
    provider: str,
    by: int,
    now: datetime,
) -> Campaign:
    """Release a standing text to one township, whose name is ``typed`` in full.

    Raises NotReady for any other text, Refused for another name or an obstacle.
    """
    place = session.get(Place, township)
    if place is None or place.level is not Level.TOWNSHIP:
        raise NotFound(mark("没有这个乡镇。"))
    if typed.strip() != place.name:
        wrong = mark("写的乡镇名和选的不一样。请照着写全名：%(name)s")
        raise Refused(wrong, name=place.name)
    version = _standing(session, version_id, now)
    segment = _everybody(session, place, by, now)
    name = f"{version.bulletin.title} {place.name}"
    return _release(session, version, segment, name, provider, by, now)


def follow(  # noqa: PLR0913 - what, after which, how, by whom, when
    session: Session,
    first: Campaign,
    how: Follows,
    version_id: int,
    *,
    by: int,
    now: datetime,
) -> Campaign:
    """Tell the unconfirmed again, or give the all clear to exactly those told."""
    if first.urgency is not Urgency.EMERGENCY or first.launched_at is None:
        raise NotReady(mark("只有已经开始的紧急任务才能这样办。"))
    version = _standing(session, version_id, now)
    segment = session.get_one(Segment, first.segment_id)
    name = f"{first.name}{_SUFFIX[how]}"
    provider = first.provider
    return _release(session, version, segment, name, provider, by, now, first, how)


def countersign(
    session: Session, campaign_id: int, *, by: int, now: datetime
) -> Campaign:
    """A second person signs what was released alone. Raises NotAllowed, NotReady."""
    campaign = lifecycle.get_campaign(session, campaign_id)
    if campaign.released_alone_by is None or campaign.countersigned_at is not None:
        raise NotReady(mark("这个任务不用补签，或者已经补签。"))
    if by == campaign.released_alone_by:
        raise NotAllowed(mark("自己发布的紧急任务，要请另一位同事补签。"))
    campaign.countersigned_by, campaign.countersigned_at = by, now
    session.flush()
    return campaign


def unsigned(session: Session, now: datetime) -> list[Unsigned]:
    """What waits for a second signature, the oldest first."""
    found = session.scalars(
        select(Campaign)
        .where(
            Campaign.released_alone_by.is_not(None),
            Campaign.countersigned_at.is_(None),
        )
        .order_by(Campaign.approved_at, Campaign.id)
    )
    return [_unsigned(campaign, now) for campaign in found]


def _unsigned(campaign: Campaign, now: datetime) -> Unsigned:
    due = (campaign.approved_at or campaign.made_at) + COUNTERSIGN_WITHIN
    return Unsigned(campaign, due, now > due)


def _standing(session: Session, version_id: int, now: datetime) -> BulletinVersion:
    for version in standing_texts(session, now):
        if version.id == version_id:
            return version
    raise NotReady(mark("这不是常备的紧急文稿：要两个人事先签发，并且试听过。"))


def _everybody(session: Session, place: Place, by: int, now: datetime) -> Segment:
    """The segment of everybody in a township; made where there is none."""
    name = f"{place.name}全部在册人员"
    found = session.scalar(select(Segment).where(Segment.name == name))
    rule = Rule(townships=(place.code,)).to_json()
    if found is None:
        found = Segment(name=name, rule=rule, made_by=by, made_at=now)
        session.add(found)
    found.rule, found.archived_at = rule, None
    session.flush()
    return found


def _release(  # noqa: PLR0913, PLR0917 - one decision in full
    session: Session,
    version: BulletinVersion,
    segment: Segment,
    name: str,
    provider: str,
    by: int,
    now: datetime,
    first: Campaign | None = None,
    how: Follows | None = None,
) -> Campaign:
    campaign = draft_campaign(
        session,
        name=name[:_NAME],
        version_id=version.id,
        segment_id=segment.id,
        channels=_channels(version, provider),
        provider=provider,
        by=by,
        now=now,
    )
    campaign.follows_id, campaign.follows = (first.id if first else None), how
    campaign.rule = first.rule if first else segment.rule
    refuse_obstacles(session, campaign, Rule.from_json(campaign.rule), now)
    campaign.content_hash = lifecycle.content_hash(campaign)
    submitted = CampaignState.SUBMITTED
    lifecycle.step(
        session, campaign, submitted, by=by, now=now, submitted_by=by, submitted_at=now
    )
    return lifecycle.step(
        session,
        campaign,
        CampaignState.APPROVED,
        by=by,
        now=now,
        released_alone_by=by,
        approved_at=now,
        due_at=now + lifecycle.hold(session, Urgency.EMERGENCY),
    )


def _channels(version: BulletinVersion, provider: str) -> list[str]:
    """Calls too, where somebody has listened in advance to what they play."""
    calls = version.call_heard_by and rules_of(provider).calls
    voice = [Channel.VOICE] if calls else []
    return [Channel.SMS, *voice, Channel.LOUDSPEAKER]
