"""Today's figures on the home page, by role: each a name, what to read, and a link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Receipt
from campaigns.errors import mark
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning.models import Campaign
from campaigns.register.models import Member, Place
from campaigns.reporting.daily.models import ResponsePeriod
from campaigns.reporting.daily.standing import filed_on, is_below
from campaigns.shanghai import day_of, midnight
from campaigns.vocabulary import IN_PROGRESS, AnnouncementState
from outreach.access import Acting, Action, may, scope
from outreach.accounts import Role, User
from outreach.audit import AuditRow
from outreach.counting import counting, counts

_UNDER_WAY = Campaign.status.in_(IN_PROGRESS)
_DUE = Announcement.state.not_in(
    (AnnouncementState.NOT_DUE, AnnouncementState.WITHDRAWN)
)
_PLAYED = Announcement.state.in_((AnnouncementState.PLAYED, AnnouncementState.SIGNED))
_WEEK = timedelta(days=7)
_WATCHED = (
    (
        mark("本周批准发送"),
        ("release_campaign", "release_alone", "release_delayed", "release_permitted"),
    ),
    (mark("本周查看完整信息"), ("reveal",)),
    (mark("本周带走名单"), ("take_export", "download_numbers")),
)
"""What an auditor looks at first, by the deeds that it is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A msgid, one figure or two (done, of how many), and where it is looked at."""

    name: str
    n: int
    of: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A figure that is not counted yet; ``of`` asks for the whole it is a part of."""

    name: str
    address: str
    n: Select[int]
    of: Select[int] | None = None

    def told(self, answers: Iterator[int]) -> Figure:
        n = next(answers)
        whole = next(answers) if self.of is not None else None
        return Figure(self.name, n, whole, self.address)


def figures(session: Session, acting: Acting, now: datetime) -> list[Figure]:
    """Today's figures of this role, all by one statement; nothing of nothing is due."""
    asked = [
        *_service(acting),
        *_people(acting),
        *_loudspeakers(acting, now),
        *_visits(acting),
        *_reports(acting, now),
        *_deeds(acting, now),
    ]
    each = [query for one in asked for query in (one.n, one.of) if query is not None]
    answers = iter(counts(session, *each))
    told = [one.told(answers) for one in asked]
    return [one for one in told if one.of != 0]


def _service(acting: Acting) -> Iterator[_Asked]:
    if acting.role is Role.ADMINISTRATOR:
        yield _Asked(mark("进行中的任务"), "/health", counting(Campaign, _UNDER_WAY))
        waiting = Receipt.applied_at.is_(None)
        yield _Asked(mark("待处理回执"), "/health", counting(Receipt, waiting))
        able = User.disabled_at.is_(None)
        yield _Asked(mark("能登录的账号"), "/accounts", counting(User, able))


def _people(acting: Acting) -> Iterator[_Asked]:
    if may(acting, Action.LIST_MEMBERS):
        mine = scope(acting, Action.LIST_MEMBERS).where()
        yield _Asked(mark("在册人员"), "/register", counting(Member, *mine))
    if may(acting, Action.READ_CAMPAIGNS):
        running = counting(Campaign, _UNDER_WAY)
        yield _Asked(mark("进行中的任务"), "/planning", running)


def _loudspeakers(acting: Acting, now: datetime) -> Iterator[_Asked]:
    """Of campaigns under way or begun today: the cost does not grow with history."""
    if not may(acting, Action.READ_FIELDWORK):
        return
    morning = midnight(day_of(now))
    of_today = or_(_UNDER_WAY, Campaign.launched_at >= morning)
    here = (
        Announcement.village.startswith(acting.place, autoescape=True),
        Announcement.campaign_id.in_(select(Campaign.id).where(of_today)),
    )
    played, due = (counting(Announcement, *here, which) for which in (_PLAYED, _DUE))
    yield _Asked(mark("已播 / 应播（村次）"), "/fieldwork", played, due)


def _visits(acting: Acting) -> Iterator[_Asked]:
    if may(acting, Action.READ_VISITS):
        mine = select(Member.id).where(*scope(acting, Action.READ_VISITS).where())
        open_ = counting(Visit, Visit.closed_at.is_(None), Visit.member_id.in_(mine))
        yield _Asked(mark("待走访（户）"), "/fieldwork/visits", open_)


def _reports(acting: Acting, now: datetime) -> Iterator[_Asked]:
    """While a response period is on: the units below, and those that reported."""
    if not may(acting, Action.RETURN_DAILY):
        return
    today = day_of(now)
    on = exists().where(ResponsePeriod.ends_at.is_(None))
    below = *is_below(acting.place), on
    held = counting(Place, *below, Place.code.in_(filed_on(today)))
    at = f"/reporting/daily/{today}/units"
    yield _Asked(mark("日报：已报 / 应报"), at, held, counting(Place, *below))


def _deeds(acting: Acting, now: datetime) -> Iterator[_Asked]:
    if acting.role is not Role.AUDITOR:
        return
    lately = AuditRow.at > now - _WEEK
    for name, deeds in _WATCHED:
        found = counting(AuditRow, lately, AuditRow.action.in_(deeds))
        yield _Asked(name, f"/audit/log?action={deeds[0]}", found)
