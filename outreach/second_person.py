"""What waits for somebody other than its maker, or for a colleague's signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.errors import mark
from campaigns.planning import emergency, foreign, permissions
from campaigns.planning.models import Campaign, ForeignRoute, Permission
from campaigns.register.models import Import
from campaigns.vocabulary import BulletinState, CampaignState, ImportState, Urgency
from outreach import exports
from outreach.access import Acting, Action, may
from outreach.accounts import Grant, Role
from outreach.counting import counting
from outreach.second_step import SecondStep
from outreach.to_do_items import Counted, ToDo, counted, some

_MOST_SHOWN = 1000
_IN_REVIEW = "/bulletins?tab=review"
_SUBMITTED = Campaign.status == CampaignState.SUBMITTED


def for_second_person(
    session: Session, acting: Acting, now: datetime
) -> Iterator[ToDo]:
    """Everything that a colleague began and this person may end."""
    yield from _unsigned(session, acting, now)
    yield from _texts(session, acting)
    yield from _campaigns(session, acting, now)
    yield from _waiting(session, acting)
    yield from _lists(session, acting, now)


def _texts(session: Session, acting: Acting) -> Iterator[ToDo]:
    """Bulletins to review and issue; a single one is opened at once."""
    if not may(acting, Action.ISSUE_BULLETINS):
        return
    waiting = (BulletinState.IN_REVIEW, BulletinState.REVIEWED)
    others = select(BulletinVersion.bulletin_id).where(
        BulletinVersion.state.in_(waiting),
        BulletinVersion.written_by != acting.user_id,
    )
    found = list(session.scalars(others.limit(_MOST_SHOWN)))
    where = f"/bulletins/{found[0]}/review" if len(found) == 1 else _IN_REVIEW
    yield from some(mark("%(n)s 篇文稿等您审核签发"), len(found), where)


def _campaigns(session: Session, acting: Acting, now: datetime) -> Iterator[ToDo]:
    """Campaigns to approve, or to release by a standing permission that holds."""
    others = select(Campaign.id).where(_SUBMITTED, Campaign.made_by != acting.user_id)
    if may(acting, Action.APPROVE_CAMPAIGNS):
        told, page = mark("%(n)s 个任务等您批准"), "approve"
    elif may(acting, Action.RELEASE_PERMITTED) and permissions.holds(
        session, acting.categories, now
    ):
        told, page = mark("%(n)s 个任务可以按长期许可放行"), "permitted"
        ours = Bulletin.categories.op("&")(acting.categories) != 0
        others = others.join(BulletinVersion).join(Bulletin).where(ours)
    else:
        return
    found = list(session.scalars(others.limit(_MOST_SHOWN)))
    where = f"/planning/{found[0]}/{page}" if len(found) == 1 else "/planning"
    yield from some(told, len(found), where)


def _waiting(session: Session, acting: Acting) -> Iterator[ToDo]:
    """What others began and a second person ends: counted by one statement."""
    me, each = acting.user_id, list[Counted]()
    if may(acting, Action.CONFIRM_PERMISSION):
        others = *permissions.UNDECIDED, Permission.proposed_by != me
        proposed = counting(Permission, *others)
        told = mark("%(n)s 项长期许可等您确认")
        each.append((told, "/planning/permissions", proposed))
    if may(acting, Action.APPROVE_ROUTE):
        routes = counting(ForeignRoute, *foreign.UNDECIDED)
        each.append((mark("%(n)s 条境外线路等您批准"), "/health/foreign", routes))
    if may(acting, Action.CONFIRM_GRANTS):
        grants = counting(Grant, Grant.waits.is_(True), Grant.user_id != me)
        each.append((mark("%(n)s 项授权等您确认"), "/accounts/grants", grants))
    if may(acting, Action.CONFIRM_RESET):
        asked = SecondStep.reset_asked_by.is_not(None)
        resets = counting(SecondStep, asked, SecondStep.user_id != me)
        each.append((mark("%(n)s 个动态口令等您确认重设"), "/accounts/grants", resets))
    if may(acting, Action.TAKE_IN_IMPORT):
        waits = Import.state == ImportState.WAITING
        rosters = counting(Import, waits, Import.made_by != me)
        each.append((mark("%(n)s 份名册等您确认导入"), "/register/imports", rosters))
    yield from counted(session, each)


def _lists(session: Session, acting: Acting, now: datetime) -> Iterator[ToDo]:
    """Lists of people that a colleague wishes to take out."""
    if may(acting, Action.EXPORT_UNMASKED):
        n = sum(e.made_by != acting.user_id for e in exports.waiting(session, now))
        yield from some(mark("%(n)s 份名单等您同意导出"), n, "/register/exports")


def _unsigned(session: Session, acting: Acting, now: datetime) -> Iterator[ToDo]:
    """What a colleague released alone: each waits for another's signature."""
    if acting.role is Role.AUDITOR:
        n = len(emergency.unsigned(session, now))
        told = mark("%(n)s 个任务由一个人发布，还没有人补签")
        yield from some(told, n, "/planning")
    if not may(acting, Action.COUNTERSIGN):
        return
    for one in emergency.unsigned(session, now):
        if one.campaign.released_alone_by != acting.user_id:
            urgent = one.campaign.urgency is Urgency.EMERGENCY
            address = "/fieldwork/emergency" if urgent else "/planning"
            told = mark("一人发布的任务等您补签（%(n)s 个）")
            yield ToDo(told, 1, f"{address}/{one.campaign.id}", one.due_at)
