"""One person's two rows become one, and two again while nothing happened since.

The row that is kept goes on; its second rests, with what was not chosen in it, and
with its messages and visits, so that nothing of what happened is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.delivery.gating import UNDER_WAY
from campaigns.delivery.models import Message, Recipient
from campaigns.errors import NotReady, Refused, Stale, mark
from campaigns.fieldwork.erasing import is_awaited
from campaigns.planning.models import Campaign
from campaigns.register import erasures, merged
from campaigns.register.duplicates import Duplicate
from campaigns.register.members import sharing
from campaigns.register.models import Member, OptOut
from campaigns.register.optouts import phone_of
from campaigns.vocabulary import MemberStatus

_SOURCE = "merged"
_WIDER = {"tips": 0, "all": 1}


def merge(  # noqa: PLR0913 - which rows, what is taken, by whom, when
    session: Session,
    kept: Member,
    other: Member,
    taken: Collection[str],
    *,
    by: int,
    now: datetime,
) -> Duplicate:
    """Keep one row, with the groups ``taken`` from the other, which rests from now on.

    A refusal of either stands for the phones of both. Raises Refused for a group that
    does not exist, NotReady while a campaign, a visit or an erasure is under way.
    """
    if not {*taken} <= {*merged.GROUPS}:
        raise Refused(mark("请给每一项选用哪一条的。"))
    _refuse_busy(session, kept, other)
    refused = _refused(session, kept, other)
    columns = merged.exchanged(kept, taken, other)
    merged.exchange(session, kept, other, columns)
    other.status = MemberStatus.MERGED
    kept.updated_at = other.updated_at = now
    session.flush()
    added = _hold(session, kept, other, refused, by=by, now=now)
    made = Duplicate(
        member_id=kept.id,
        other_id=other.id,
        same=True,
        fields=columns,
        refusals=[row.id for row in added],
        after_message=session.scalar(select(func.max(Message.id))) or 0,
        decided_by=by,
        decided_at=now,
    )
    session.add(made)
    session.flush()
    return made


def separate(session: Session, made: Duplicate, *, by: int, now: datetime) -> Member:
    """They are two again, each as before; returns the row that rested.

    Raises Stale where it was done before, NotReady once a message was made for either
    or one of the rows was changed.
    """
    if made.undone_at is not None:
        raise Stale(mark("这次合并已经撤销了。"))
    kept = session.get_one(Member, made.member_id, with_for_update=True)
    other = session.get_one(Member, made.other_id, with_for_update=True)
    if not can_separate(session, made, kept, other):
        raise NotReady(mark("合并以后已经发过信息或者改过资料，不能再撤销。"))
    merged.exchange(session, kept, other, made.fields)
    other.status = MemberStatus.ACTIVE
    kept.updated_at = other.updated_at = now
    for row in session.scalars(select(OptOut).where(OptOut.id.in_(made.refusals))):
        if row.lifted_at is None:
            row.lifted_at, row.lifted_by = now, by
    made.undone_at = now
    session.flush()
    return other


def can_separate(
    session: Session, made: Duplicate, kept: Member, other: Member
) -> bool:
    """Whether nothing was sent to either, and nothing changed, since they are one."""
    same = (kept.updated_at, other.updated_at) == (made.decided_at, made.decided_at)
    if not same or kept.status is not MemberStatus.ACTIVE:
        return False
    since = Message.id > made.after_message, _are(Message.member_id, kept, other)
    return session.scalar(select(Message.id).where(*since).limit(1)) is None


def _are(column: InstrumentedAttribute[Any], *people: Member) -> ColumnElement[bool]:
    return column.in_([member.id for member in people])


def _refuse_busy(session: Session, kept: Member, other: Member) -> None:
    under_way = Campaign.status.in_(UNDER_WAY)
    told = (
        select(Recipient.id)
        .join(Campaign, Campaign.id == Recipient.campaign_id)
        .where(under_way, _are(Recipient.member_id, kept, other))
    )
    if session.scalar(told.limit(1)) is not None:
        raise NotReady(mark("还有任务正在发给他们。等任务结束再合并。"))
    if is_awaited(session, other.id) or is_awaited(session, kept.id):
        raise NotReady(mark("还有没办结的走访或需求。请先办结，再合并。"))
    if {it.member_id for it in erasures.waiting(session)} & {kept.id, other.id}:
        raise NotReady(mark("有人提出删除其中一人的资料。请先办完，再合并。"))


def _phones(*people: Member) -> list[bytes]:
    """The phone of each: their own, or their guardian's."""
    return list(dict.fromkeys(filter(None, map(phone_of, people))))


def _refused(session: Session, *people: Member) -> OptOut | None:
    """The widest refusal in force of either, the earlier one first."""
    standing = select(OptOut).where(OptOut.lifted_at.is_(None))
    theirs = or_(
        and_(~OptOut.personal, OptOut.phone_index.in_(_phones(*people))),
        and_(OptOut.personal, _are(OptOut.member_id, *people)),
    )
    found = session.scalars(standing.where(theirs).order_by(OptOut.id)).all()
    return max(found, key=lambda row: _WIDER[row.scope], default=None)


def _hold(  # noqa: PLR0913 - whose refusal holds for which phones, by whom, when
    session: Session,
    kept: Member,
    other: Member,
    refused: OptOut | None,
    *,
    by: int,
    now: datetime,
) -> list[OptOut]:
    """Let what either refused stand for both phones; return what had to be added.

    On a phone that others are reached by as well it stands for this person alone.
    """
    if refused is None:
        return []
    added = []
    for index in _phones(kept, other):
        personal = any(it.id != kept.id for it in sharing(session, index))
        said = select(OptOut.id).where(
            OptOut.lifted_at.is_(None),
            OptOut.phone_index == index,
            or_(~OptOut.personal, OptOut.member_id == kept.id),
            OptOut.scope.in_(("all", refused.scope)),
        )
        if session.scalar(said.limit(1)) is None:
            added.append(
                OptOut(
                    phone_index=index,
                    member_id=kept.id,
                    scope=refused.scope,
                    source=_SOURCE,
                    personal=personal,
                    evidence=refused.evidence,
                    recorded_by=by,
                    recorded_at=now,
                )
            )
    session.add_all(added)
    session.flush()
    return added
