"""What a person must do now, by role: each a sentence with its figure and one link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.bulletins.models import BulletinVersion
from campaigns.errors import mark
from campaigns.fieldwork import reply_desk
from campaigns.planning.models import Campaign
from campaigns.register import consent, departures, erasures
from campaigns.register.import_models import Import
from campaigns.register.models import Place
from campaigns.reporting.daily import lookup, periods
from campaigns.reporting.daily.clock import due_at
from campaigns.reporting.daily.contradicting import contradictions
from campaigns.reporting.daily.standing import filed_on, is_below
from campaigns.shanghai import day_of
from campaigns.vocabulary import (
    BulletinState,
    CampaignState,
    ImportState,
    Level,
    MessageState,
)
from outreach import beginning, condition
from outreach.access import Acting, Action, may, scope
from outreach.accounts import Role
from outreach.counting import counting, in_state
from outreach.second_person import for_second_person
from outreach.to_do_field import in_the_field
from outreach.to_do_items import Asked, ToDo, only, some, told
from outreach.wiring import Wiring

_AT_MOST = 7


def to_do(
    session: Session, wiring: Wiring, acting: Acting, now: datetime
) -> list[ToDo]:
    """At most seven things, those for other people's work first."""
    found = (
        *_beginning(session, acting),
        *for_second_person(session, acting, now),
        *_own_texts(acting),
        *_daily(session, acting, now),
        *_delivery(session, acting),
        *in_the_field(session, acting, now),
        *_keeping(session, wiring, acting, now),
    )
    return list(told(session, found))[:_AT_MOST]


def _beginning(session: Session, acting: Acting) -> Iterator[ToDo]:
    """The guide, until the first campaign is approved."""
    if not may(acting, Action.SET_UP) or beginning.finished(session):
        return
    left = beginning.open_steps(session)
    yield ToDo(mark("开始使用：还有 %(n)s 步"), len(left), "/start")


def _own_texts(acting: Acting) -> Iterator[Asked]:
    if not may(acting, Action.WRITE_BULLETINS):
        return
    me = acting.user_id
    returned = BulletinVersion.state == BulletinState.RETURNED
    texts = counting(BulletinVersion, returned, BulletinVersion.written_by == me)
    sent_back = Campaign.status == CampaignState.DRAFT, Campaign.return_reason != ""
    campaigns = counting(Campaign, *sent_back, Campaign.made_by == me)
    checked = Import.state == ImportState.CHECKED, Import.made_by == me
    yield Asked(mark("%(n)s 篇文稿被退回，请修改"), "/bulletins", texts)
    yield Asked(mark("%(n)s 个任务被退回，请修改"), "/planning", campaigns)
    if may(acting, Action.TAKE_IN_IMPORT):
        sentence = mark("%(n)s 份名册核对好了，还没有导入")
        yield Asked(sentence, "/register/imports", counting(Import, *checked))


def _daily(session: Session, acting: Acting, now: datetime) -> Iterator[ToDo | Asked]:
    """Today's report, while it is not filed, and those of the units below."""
    files, returns = (
        may(acting, it) for it in (Action.FILE_DAILY, Action.RETURN_DAILY)
    )
    if not (files or returns) or periods.current_period(session) is None:
        return
    today, level = day_of(now), Level.COUNTY
    address = f"/reporting/daily/{today}"
    if files and lookup.valid_report(session, acting.place, today) is None:
        level = Level.VILLAGE if acting.role is Role.VILLAGE else level
        yield ToDo(mark("今天的日报还没报"), 1, address, due_at(level, today))
    if not returns:
        return
    missing = Place.code.not_in(filed_on(today))
    late = counting(Place, *is_below(acting.place), missing)
    sentence = mark("%(n)s 个单位还没报日报")
    yield Asked(sentence, f"{address}/units", late, due_at(level, today))
    odd = contradictions(session, acting.place, today)
    sentence = mark("%(n)s 份零报告和台账对不上，请核实")
    yield from some(sentence, len(odd), f"{address}/units")


def _delivery(session: Session, acting: Acting) -> Iterator[ToDo | Asked]:
    if may(acting, Action.ANSWER_REPLIES):
        replies = reply_desk.how_many(scope(acting, Action.ANSWER_REPLIES))
        yield Asked(mark("%(n)s 条回复要处理"), "/delivery/replies", replies)
    if may(acting, Action.RECORD_BASIS):
        unaware = consent.how_many_to_tell(scope(acting, Action.RECORD_BASIS))
        sentence = mark("%(n)s 个人的监护人电话改了，要告诉本人")
        yield Asked(sentence, "/register/guardians", unaware)
    if may(acting, Action.EDIT_MEMBER):
        gone = departures.how_many(scope(acting, Action.EDIT_MEMBER))
        sentence = mark("%(n)s 个人报了去世或迁出，等您确认")
        yield Asked(sentence, "/register/departures", gone)
    if may(acting, Action.ERASE_MEMBER):
        wishes = erasures.how_many(acting.user_id)
        sentence = mark("%(n)s 个人的资料等您同意删除")
        yield Asked(sentence, "/register/erasures", wishes)
    if acting.role is not Role.COORDINATOR:
        return
    doubts = in_state(session, MessageState.IN_DOUBT)
    sentence, n = mark("%(n)s 条短信结果不明，正在查询"), doubts.total()
    yield from some(sentence, n, only("/delivery/%s/doubt", doubts) or "/planning")


def _keeping(
    session: Session, wiring: Wiring, acting: Acting, now: datetime
) -> Iterator[ToDo]:
    if acting.role is Role.ADMINISTRATOR:
        ailing = [p for p in condition.parts(wiring, session, now) if not p.well]
        yield from some(mark("%(n)s 个部件不正常"), len(ailing), "/health")
