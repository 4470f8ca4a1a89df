"""Who may approve a campaign that is not theirs, and the link that asks them to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, NotReady, mark
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.planning.permitted import Association
from campaigns.register.unit import current_unit
from campaigns.vocabulary import CampaignState
from outreach import signed
from outreach.access import Acting, Action, Thing, may
from outreach.accounts import Grant, Role, User
from outreach.sign_ins import acting_in

LIVES = timedelta(hours=4)
_KIND = "approval"
_PRINT = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks of whom: this campaign, with exactly this content."""

    campaign: Campaign
    user: User
    acting: Acting


def approvers(session: Session, campaign: Campaign) -> list[Acting]:
    """Who may approve it: not its maker, not who submitted it; by name."""
    query = (
        select(User, Grant)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.COORDINATOR, Grant.holds, User.disabled_at.is_(None))
        .order_by(User.name, Grant.id)
    )
    place = current_unit(session).place_code
    of = Thing(place, campaign.version.bulletin.categories, campaign.made_by)
    found: dict[int, Acting] = {}
    for user, grant in session.execute(query):
        one = acting_in(0, user, grant)
        others = user.id != campaign.submitted_by
        if others and may(one, Action.APPROVE_CAMPAIGNS, of):
            found.setdefault(user.id, one)
    return list(found.values())


def association(session: Session, categories: int) -> Association:
    """The people who act for the association of exactly these ``categories``."""
    mine = (
        Grant.role == Role.ASSOCIATION,
        Grant.categories == categories,
        Grant.holds,
        User.disabled_at.is_(None),
    )
    query = select(Grant.user_id).join(User, User.id == Grant.user_id).where(*mine)
    return Association(categories, frozenset(session.scalars(query)))


def associations(session: Session) -> dict[int, int]:
    """How many people act for each association, by its bit mask."""
    holding = Grant.role == Role.ASSOCIATION, Grant.holds, Grant.categories > 0
    people = func.count(func.distinct(Grant.user_id)).label("people")
    query = (
        select(Grant.categories, people)
        .join(User, User.id == Grant.user_id)
        .where(*holding, User.disabled_at.is_(None))
        .group_by(Grant.categories)
        .order_by(Grant.categories)
    )
    return {row.categories: row.people for row in session.execute(query)}


def ask(campaign: Campaign, user_id: int, signer: bytes, now: datetime) -> str:
    """The path that opens this content for this person, for four hours."""
    subject = f"{campaign.id}x{user_id}x{campaign.content_hash[:_PRINT]}"
    return (
        f"/approval/{signed.mint(_KIND, subject, signed.minute(now + LIVES), signer)}"
    )


def asked(session: Session, token: str, signer: bytes, now: datetime) -> Asked:
    """What ``token`` asks, while it is still to be decided.

    Raises NotFound for a forged one, NotReady once it is late, decided or changed, or
    the person may not approve it any more.
    """
    read = signed.read(_KIND, token, signer)
    if read is None:
        raise NotFound(mark("没有这个网址。请核对，或向发给您的人要新的。"))
    number, user_id, content = read[0].split("x")
    campaign = get_campaign(session, int(number))
    same = campaign.content_hash.startswith(content)
    waits = campaign.status is CampaignState.SUBMITTED and same
    if read[1] < signed.minute(now) or not waits:
        raise NotReady(
            mark("这个任务已经有人办了、改过了，或者链接过了 4 小时。请向同事要新的。")
        )
    for one in approvers(session, campaign):
        if one.user_id == int(user_id):
            return Asked(campaign, session.get_one(User, one.user_id), one)
    raise NotReady(mark("您现在不能批准这个任务。请联系本单位的系统管理员。"))
