"""What waits for somebody in the field: loudspeakers, doors, needs and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.errors import mark
from campaigns.fieldwork import mending
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import Need, Visit
from campaigns.register.models import Member
from campaigns.vocabulary import AnnouncementState
from outreach.access import Acting, Action, may, scope
from outreach.accounts import Role
from outreach.counting import counting
from outreach.to_do_items import Asked, ToDo, only, some

_NOT_PLAYED = (
    AnnouncementState.PREPARED,
    AnnouncementState.ALERTED,
    AnnouncementState.DOWNLOADED,
)


def in_the_field(
    session: Session, acting: Acting, now: datetime
) -> Iterator[ToDo | Asked]:
    """For whoever plays, visits or mends numbers."""
    if acting.role in {Role.TOWNSHIP, Role.VILLAGE}:
        here = Announcement.village.startswith(acting.place, autoescape=True)
        silent = here, Announcement.state.in_(_NOT_PLAYED)
        key = Announcement.campaign_id
        found = select(key, func.count()).where(*silent).group_by(key)
        waiting = Counter({row[0]: row[1] for row in session.execute(found)})
        at = only("/fieldwork/announcements/%s", waiting) or "/fieldwork"
        yield from some(mark("%(n)s 条播出还没有确认"), waiting.total(), at)
    if may(acting, Action.READ_VISITS):
        yield from _visits(acting, now)
    if acting.role in {Role.TOWNSHIP, Role.COORDINATOR}:
        failing = mending.how_many(scope(acting, Action.RECORD_VISITS))
        yield Asked(mark("%(n)s 个号码待核实"), "/fieldwork/numbers", failing)


def _visits(acting: Acting, now: datetime) -> Iterator[Asked]:
    """Open visits and needs of one's own people, and which of them are late."""
    mine = scope(acting, Action.READ_VISITS).where()
    late = (
        (Visit, mark("%(n)s 户走访过了最迟时间"), "/fieldwork/visits"),
        (Need, mark("%(n)s 项需求过了最迟时间"), "/fieldwork/needs"),
    )
    ours = Visit.member_id.in_(select(Member.id).where(*mine))
    open_ = counting(Visit, Visit.closed_at.is_(None), ours)
    if acting.role in {Role.TOWNSHIP, Role.VILLAGE}:
        told = mark("%(n)s 户要走访，从第一户开始")
        yield Asked(told, "/fieldwork/visits/next", open_)
    elif acting.role is Role.ASSOCIATION:
        told = mark("%(n)s 人没联系上，等您安排走访")
        nobody = open_.where(Visit.worker.is_(None))
        yield Asked(told, "/fieldwork/visits", nobody)
    for table, sentence, address in late:
        overdue = table.closed_at.is_(None), table.due_at < now
        ours = table.member_id.in_(select(Member.id).where(*mine))
        yield Asked(sentence, address, counting(table, *overdue, ours))
