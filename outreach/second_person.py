"""What waits for somebody other than its maker, or for a colleague's signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.errors import mark
from campaigns.planning import emergency, foreign, permissions
from campaigns.planning.models import Campaign, ForeignRoute, Permission
from campaigns.register.import_models import Import
from campaigns.register.importing import undoing
from campaigns.register.models import Unit
from campaigns.vocabulary import BulletinState, CampaignState, ImportState, Urgency
from outreach import exports
from outreach.access import Acting, Action, may
from outreach.accounts import Grant, Role
from outreach.counting import counting
from outreach.second_step import SecondStep
from outreach.to_do_items import Asked, ToDo, some

_IN_REVIEW = "/bulletins?tab=review"
_SUBMITTED = Campaign.status == CampaignState.SUBMITTED


def for_second_person(
    session: Session, acting: Acting, now: datetime
) -> Iterator[ToDo | Asked]:
    """Everything that a colleague began and this person may end."""
    yield from _unsigned(session, acting, now)
    yield from _texts(acting)
    yield from _campaigns(session, acting, now)
    yield from _waiting(acting)
    yield from _lists(acting, now)


def _texts(acting: Acting) -> Iterator[Asked]:
    """Bulletins to review and issue; a single one is opened at once."""
    if not may(acting, Action.ISSUE_BULLETINS):
        return
    waiting = (BulletinState.IN_REVIEW, BulletinState.REVIEWED)
    others = select(BulletinVersion.bulletin_id).where(
        BulletinVersion.state.in_(waiting),
        BulletinVersion.written_by != acting.user_id,
    )
    told = mark("%(n)s 篇文稿等您审核签发")
    yield _opened(told, _IN_REVIEW, others, "/bulletins/%s/review")


def _campaigns(session: Session, acting: Acting, now: datetime) -> Iterator[Asked]:
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
    yield _opened(told, "/planning", others, f"/planning/%s/{page}")


def _opened(told: str, address: str, ids: Select[int], straight: str) -> Asked:
    """So many of ``ids``; a single one is opened at once."""
    found = ids.subquery()
    key = found.c[0]
    return Asked(
        told,
        address,
        select(func.count(key)),
        only=select(func.min(key)),
        straight=straight,
    )


def _waiting(acting: Acting) -> Iterator[Asked]:
    """What others began and a second person ends."""
    me = acting.user_id
    if may(acting, Action.CONFIRM_PERMISSION):
        others = *permissions.UNDECIDED, Permission.proposed_by != me
        proposed = counting(Permission, *others)
        told = mark("%(n)s 项长期许可等您确认")
        yield Asked(told, "/planning/permissions", proposed)
    if may(acting, Action.CONFIRM_WINDOW):
        wider = counting(Unit, Unit.asked_by.is_not(None), Unit.asked_by != me)
        yield Asked(mark("%(n)s 处发送时段的修改等您同意"), "/settings", wider)
    if may(acting, Action.APPROVE_ROUTE):
        routes = counting(ForeignRoute, *foreign.UNDECIDED)
        yield Asked(mark("%(n)s 条境外线路等您批准"), "/health/foreign", routes)
    if may(acting, Action.CONFIRM_GRANTS):
        grants = counting(Grant, Grant.waits.is_(True), Grant.user_id != me)
        yield Asked(mark("%(n)s 项授权等您确认"), "/accounts/grants", grants)
    if may(acting, Action.CONFIRM_RESET):
        asked = SecondStep.reset_asked_by.is_not(None)
        resets = counting(SecondStep, asked, SecondStep.user_id != me)
        yield Asked(mark("%(n)s 个动态口令等您确认重设"), "/accounts/grants", resets)
    if may(acting, Action.TAKE_IN_IMPORT):
        waits = Import.state == ImportState.WAITING
        rosters = counting(Import, waits, Import.made_by != me)
        yield Asked(mark("%(n)s 份名册等您确认导入"), "/register/imports", rosters)
    if may(acting, Action.ROLL_BACK_IMPORT):
        told, page = mark("%(n)s 次导入等您同意撤销"), "/register/imports"
        yield _opened(told, page, undoing.waiting(me), f"{page}/%s/undo")


def _lists(acting: Acting, now: datetime) -> Iterator[Asked]:
    """Lists of people that a colleague wishes to take out."""
    if may(acting, Action.EXPORT_UNMASKED):
        others = exports.how_many(acting.user_id, now)
        yield Asked(mark("%(n)s 份名单等您同意导出"), "/register/exports", others)


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
