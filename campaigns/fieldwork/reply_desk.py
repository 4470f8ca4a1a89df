"""Replies on a desk: who sees which, who took one, what it meant, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message, Reply
from campaigns.delivery.people import answered
from campaigns.errors import NotFound, NotReady, Refused, mark
from campaigns.fieldwork.replies import WAITS, follow, who_is_behind
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import Level, MessageState, Wish

PAGE = 50
LEVELS = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)
_COUNTY_DIGITS, _TOWNSHIP_DIGITS = 6, 9
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a conversation: ``ours`` is a campaign's name, or their own words."""

    at: datetime
    ours: str
    theirs: str


def list_replies(  # noqa: PLR0913 - each of them narrows the list
    session: Session,
    scope: Scope,
    *,
    closed: bool = False,
    campaign_id: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[Reply]:
    """Open replies, the most urgent first; or the closed ones, the newest first.

    ``campaign_id`` keeps to those that answer this campaign.
    """
    found = select(Reply).where(*_visible(scope)).limit(limit)
    if campaign_id is not None:
        found = found.where(Reply.campaign_id == campaign_id)
    if not closed:
        waiting = found.where(Reply.closed_at.is_(None))
        return session.scalars(waiting.order_by(Reply.due_at, Reply.id)).all()
    if before is not None:
        found = found.where(Reply.id < before)
    done = found.where(Reply.closed_at.is_not(None))
    return session.scalars(done.order_by(Reply.id.desc())).all()


def how_many(scope: Scope) -> Select[int]:
    """Counts the replies within ``scope`` that nobody has closed."""
    open_ = select(func.count()).select_from(Reply)
    return open_.where(Reply.closed_at.is_(None), *_visible(scope))


def get_reply(session: Session, scope: Scope, reply_id: int) -> Reply:
    """The reply. Raises NotFound alike for none and for one out of scope."""
    found = select(Reply).where(Reply.id == reply_id, *_visible(scope))
    reply = session.scalar(found)
    if reply is None:
        raise NotFound(mark("没有找到这条回复。请从列表里选。"))
    return reply


def open_reply(session: Session, reply: Reply, *, by: int, now: datetime) -> None:
    """Note who deals with it; whoever opens it last does."""
    _refuse_closed(reply)
    reply.opened_by, reply.opened_at = by, now
    session.flush()


def pass_on(session: Session, reply: Reply, level: Level, *, now: datetime) -> None:
    """Hand it to a level that can answer better, with a due time of its own."""
    _refuse_closed(reply)
    place = {Level.VILLAGE: reply.village, Level.TOWNSHIP: reply.township}
    if level not in LEVELS or place.get(level, "county") is None:
        raise Refused(mark("不知道是哪个村、哪个乡镇的人，只能由县里办。"))
    reply.held_by = level
    reply.due_at = now + WAITS.get(reply.wish, timedelta(hours=24))
    reply.opened_by = reply.opened_at = None
    session.flush()


def close_reply(  # noqa: PLR0913 - what it meant, who wrote it, what was done
    session: Session,
    reply: Reply,
    *,
    outcome: str,
    wish: Wish | None = None,
    wrote: int | None = None,
    by: int,
    now: datetime,
) -> None:
    """End it with a sentence of what was done.

    ``wish`` is what a person reads in it, and is then done; ``wrote`` is the id of
    who wrote, one of those behind the number: from then on they were contacted.
    Raises Refused without an outcome, NotReady for a closed one.
    """
    _refuse_closed(reply)
    if not outcome.strip():
        raise Refused(mark("请写一句怎么办的，别人看了才放心。"))
    if wish is not None and wish is not reply.wish:
        follow(session, reply, wish, now)
    if wrote is not None and reply.wish is not Wish.WRONG_PERSON:
        people = who_is_behind(session, reply.phone_index).people
        if wrote not in {member.id for member in people}:
            raise Refused(mark("这个人不用这个号码。请从列出的人里选。"))
        reply.member_id = wrote
        answered(session, wrote, now)
    reply.outcome = outcome.strip()
    reply.closed_at, reply.closed_by = now, by
    session.flush()


def conversation(session: Session, reply: Reply) -> list[Said]:
    """What was sent to this number and what it wrote, the oldest first."""
    gone = MessageState.ACCEPTED, MessageState.REJECTED - 1
    ours = session.execute(
        select(Message.accepted_at, Message.submitted_at, Campaign.name)
        .join(Campaign, Campaign.id == Message.campaign_id)
        .where(Message.phone_index == reply.phone_index, Message.state.between(*gone))
        .order_by(Message.id.desc())
        .limit(_SHOWN)
    )
    theirs = session.scalars(
        select(Reply)
        .where(Reply.phone_index == reply.phone_index)
        .order_by(Reply.id.desc())
        .limit(_SHOWN)
    )
    turns = [Said(one.received_at, "", one.text) for one in theirs]
    turns += [
        Said(accepted or submitted or reply.received_at, name, "")
        for accepted, submitted, name in ours
    ]
    return sorted(turns, key=lambda turn: turn.at)


def _refuse_closed(reply: Reply) -> None:
    if reply.closed_at is not None:
        raise NotReady(mark("这条回复已经办结了。"))


def _visible(scope: Scope) -> list[ColumnElement[bool]]:
    conditions = []
    if scope.places:
        conditions.append(or_(*map(_at, scope.places)))
    if scope.categories:
        theirs = Member.categories.op("&")(scope.categories) != 0
        behind = or_(
            Member.phone_index == Reply.phone_index,
            Member.guardian_phone_index == Reply.phone_index,
        )
        conditions += [exists().where(behind), ~exists().where(behind, ~theirs)]
    return conditions


def _at(code: str) -> ColumnElement[bool]:
    """Of the place or below; what has no place is the county's."""
    if not code:
        return Reply.id.is_(None)
    if len(code) == _TOWNSHIP_DIGITS:
        return Reply.township == code
    if len(code) > _TOWNSHIP_DIGITS:
        return and_(Reply.village.is_not(None), Reply.village.startswith(code))
    below = Reply.township.startswith(code)
    nowhere = Reply.township.is_(None)
    return or_(nowhere, below) if len(code) == _COUNTY_DIGITS else below
