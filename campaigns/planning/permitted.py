"""What a standing permission lets an association release by two people of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.bulletins.library import unchanged
from campaigns.errors import CampaignError, NotAllowed, Refused, mark
from campaigns.planning.approving import keep, refuse_unheard
from campaigns.planning.forecast import forecast
from campaigns.planning.lifecycle import due, get_campaign, release
from campaigns.planning.models import Approval, Campaign, Permission
from campaigns.planning.permissions import AS_BEFORE, Month, in_force, month_of
from campaigns.shanghai import day_of
from campaigns.vocabulary import ApprovalWay, Channel, Urgency


@dataclass(frozen=True, slots=True)
class Association:
    """Who asks: the association's bit mask, and the accounts that act for it."""

    categories: int
    people: Collection[int]


@dataclass(frozen=True, slots=True)
class Permitted:
    """Which permission applies, its month, what this takes of it, and what is wrong."""

    permission: Permission
    month: Month
    needed: int
    hindrances: list[CampaignError]


def permitted(
    session: Session,
    campaign: Campaign,
    who: Association,
    now: datetime,
    *,
    lock: bool = False,
) -> Permitted:
    """What the permission in force says of ``campaign``; ``lock`` is for releasing it.

    Raises NotReady where there is no permission, Refused for a text that cannot be
    filled in.
    """
    permission = in_force(session, who.categories, now, lock=lock)
    begins = due(session, campaign, now)
    month = month_of(session, permission, begins)
    foreseen = forecast(session, campaign, now)
    needed = foreseen.messages + foreseen.calls
    found = [
        *_words(campaign),
        *_people(campaign, who),
        *_bounds(permission, month, needed, begins),
    ]
    return Permitted(permission, month, needed, found)


def release_permitted(  # noqa: PLR0913 - what, by whom, exactly which content, when
    session: Session,
    campaign_id: int,
    who: Association,
    *,
    by: int,
    content_hash: str,
    now: datetime,
) -> Campaign:
    """Release it as ``lifecycle.release`` does, and take its messages off the quota.

    Of two releases at once the second waits for the first and counts it. Raises the
    first hindrance, NotReady without a permission, and as ``release``.
    """
    campaign = get_campaign(session, campaign_id)
    refuse_unheard(campaign)
    if by not in who.people:
        raise NotAllowed(_NOT_OURS, AS_BEFORE)
    its = permitted(session, campaign, who, now, lock=True)
    for hindrance in its.hindrances:
        raise hindrance
    release(session, campaign_id, by=by, content_hash=content_hash, now=now)
    kept = Approval(
        way=ApprovalWay.PERMISSION,
        approver_id=by,
        permission_id=its.permission.id,
        messages=its.needed,
    )
    keep(session, campaign, kept, content_hash, now)
    return campaign


_NOT_OURS = mark("长期许可要本协会的两个人：一个送审，另一个放行。")


def _words(campaign: Campaign) -> Iterator[CampaignError]:
    if campaign.urgency is Urgency.EMERGENCY:
        yield Refused(mark("紧急的事不能按长期许可放行。"), AS_BEFORE)
    if Channel.LOUDSPEAKER in campaign.channels:
        yield Refused(mark("长期许可不包括大喇叭。"), _OR_CHANGE)
    if not unchanged(campaign.version):
        yield Refused(
            mark("这篇文稿不是文稿库的原文：改过字句，或者是自己写的、自己录的。"),
            AS_BEFORE,
        )


def _people(campaign: Campaign, who: Association) -> Iterator[CampaignError]:
    rule = Rule.from_json(campaign.rule)
    if rule.within(who.categories) != rule:
        yield Refused(mark("人群里有别的类别的人，长期许可只管本协会的。"), _OR_CHANGE)
    if campaign.submitted_by not in who.people:
        yield NotAllowed(_NOT_OURS, AS_BEFORE)


def _bounds(
    permission: Permission, month: Month, needed: int, begins: datetime
) -> Iterator[CampaignError]:
    day = day_of(begins)
    if permission.until is not None and day > permission.until:
        yield Refused(
            mark("长期许可到 %(day)s 为止，这个任务开始得更晚。"),
            AS_BEFORE,
            day=permission.until,
        )
    if needed > month.left:
        yield Refused(
            mark("这个任务要 %(n)s 条，%(month)s 月的额度只剩 %(left)s 条。"),
            AS_BEFORE,
            n=needed,
            month=day.month,
            left=month.left,
        )


_OR_CHANGE = mark("请拿回来修改，或者照常送县残联批准。")
