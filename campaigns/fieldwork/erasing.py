"""Forgetting a person: every column that tells who they are, in every stage's tables.

What remains has no name: rows that figures were counted from, and refusals, which are
kept by a phone's index so that a later list brings nobody's texts back.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery.models import Message, Receipt, Reply
from campaigns.errors import NotReady, mark
from campaigns.fieldwork.visit_models import Need, Visit, VisitTry
from campaigns.register import erasures, merged
from campaigns.register.consent import ConsentNote
from campaigns.register.departures import Departure
from campaigns.register.erasures import Erasure
from campaigns.register.import_models import ImportRow
from campaigns.register.members import sharing
from campaigns.register.models import Member, OptOut
from campaigns.register.number_records import NumberRecord
from campaigns.vocabulary import OPEN_STATES, MemberStatus

_GONE = dict.fromkeys(
    (
        *("name_index", "id_number", "certificate", "phone", "phone_index"),
        *("guardian_name", "guardian_relation", "guardian_phone"),
        *("guardian_phone_index", "guardian_known_index", "other_phones"),
        *("birth_date", "sex", "village", "address", "notes", "import_id"),
    )
)


def erase(session: Session, wish: Erasure, now: datetime) -> list[Erasure]:
    """Forget the person of ``wish``; doing it again changes nothing.

    Returns the wish, and one for each further row of theirs that went with it.
    Raises NotReady while somebody is on the way to them.
    """
    member = session.get_one(Member, wish.member_id)
    if is_awaited(session, member.id):
        raise NotReady(mark("这个人还有没办结的走访或需求。请先办结，再删除。"))
    further = forget(session, member, now)
    wish.done_at, wish.evidence = now, None
    session.flush()
    return [wish, *further]


def forget(session: Session, member: Member, now: datetime) -> list[Erasure]:
    """Take from the database whatever tells who ``member`` was.

    Returns a wish for each further row of the same person, which goes as well.
    """
    further = []
    for key in merged.all_rows(session, member.id)[1:]:
        row = session.get_one(Member, key)
        if row.status is MemberStatus.MERGED:
            wish = erasures.add(session, row, evidence=None, by=None, now=now)
            wish.done_at = now
            further.append(wish)
            _forget(session, row, now)
    _forget(session, member, now)
    return further


def _forget(session: Session, member: Member, now: datetime) -> None:
    phones = {
        index
        for index in (member.phone_index, member.guardian_phone_index)
        if index and len(sharing(session, index)) == 1
    }
    for name, value in emptied(member.id, now).items():
        setattr(member, name, value)
    _beside(session, member.id, now)
    _sent(session, member.id)
    _by_phone(session, phones, now)
    session.flush()


def forget_again(
    session: Session, known: Iterable[tuple[bytes, int, datetime]], now: datetime
) -> int:
    """Forget whom a list of (identity, row, moment of their erasure) names.

    For a database that was put back to a point before: whoever came anew after that
    moment stays. Returns how many were there.
    """
    forgotten = 0
    for identity, row, erased_at in known:
        same = or_(Member.identity == identity, Member.id == row)
        here = same, Member.created_at < erased_at
        for member in session.scalars(select(Member).where(*here)):
            if member.status is MemberStatus.ERASED:
                continue
            wish = erasures.add(session, member, evidence=None, by=None, now=now)
            forget(session, member, now)
            wish.done_at = now
            forgotten += 1
    session.flush()
    return forgotten


def is_awaited(session: Session, member_id: int) -> bool:
    """Whether a visit to them, or a need of theirs, is still open."""
    return any(
        session.scalar(
            select(table.id)
            .where(table.member_id == member_id, table.closed_at.is_(None))
            .limit(1)
        )
        for table in (Visit, Need)
    )


def emptied(member_id: int, now: datetime) -> dict[str, Any]:
    """The columns of a person's row once nothing in it tells who they were."""
    return {
        **_GONE,
        **dict.fromkeys(("categories", "grade"), 0),
        **dict.fromkeys(("living_alone", "chronic_illness", "reads_aloud"), False),
        "name": "",
        "identity": privacy.blind("erased", str(member_id)),
        "status": MemberStatus.ERASED,
        "updated_at": now,
    }


def _beside(session: Session, member_id: int, now: datetime) -> None:
    """What was said of them and by them, at doors, in lists and on the telephone."""
    for table, values in (
        (VisitTry, {"remark": None, "new_phone": None}),
        (Need, {"words": None}),
        (ConsentNote, {"evidence": ""}),
        (ImportRow, dict.fromkeys(("values", "raw", "before", "identity"))),
        (OptOut, {"evidence": None, "lift_evidence": None}),
    ):
        session.execute(
            update(table).where(table.member_id == member_id).values(values)
        )
    session.execute(delete(Departure).where(Departure.member_id == member_id))
    session.execute(
        update(Reply)
        .where(Reply.member_id == member_id)
        .values(**_unsaid(now), phone_index=os.urandom(16))
    )


def _sent(session: Session, member_id: int) -> None:
    """The index of the phone goes from ended messages and from their receipts."""
    ended = select(Message.id).where(
        Message.member_id == member_id,
        Message.state.not_in([int(state) for state in OPEN_STATES]),
    )
    for table, theirs in ((Receipt, Receipt.message_id), (Message, Message.id)):
        session.execute(update(table).where(theirs.in_(ended)).values(phone_index=None))


def _by_phone(session: Session, phones: set[bytes], now: datetime) -> None:
    """What is known of a number that nobody else is reached by."""
    session.execute(delete(NumberRecord).where(NumberRecord.phone_index.in_(phones)))
    said = update(OptOut).where(OptOut.phone_index.in_(phones))
    session.execute(said.values(evidence=None, lift_evidence=None))
    closed = Reply.phone_index.in_(phones), Reply.closed_at.is_not(None)
    session.execute(update(Reply).where(*closed).values(**_unsaid(now)))


def _unsaid(now: datetime) -> dict[str, Any]:
    return {"text": "", "phone": "", "outcome": None, "emptied_at": now}
