"""Replies: taken in once, read for a plain wish, and handed to whoever must answer.

Village, township and county each have a time in which to answer; a reply that nobody
answers goes up by itself. Whatever is not plain waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery.gating import refuse
from campaigns.delivery.models import Reply
from campaigns.delivery.people import answered
from campaigns.errors import Refused
from campaigns.fieldwork import ladder
from campaigns.fieldwork.answering import campaign_answered
from campaigns.fieldwork.wishes import wish_of
from campaigns.orm import insert
from campaigns.register.members import sharing
from campaigns.register.models import Member
from campaigns.register.optouts import standing
from campaigns.register.phones import read_phone
from campaigns.vocabulary import Level, MemberStatus, NumberStatus, Wish

TELEPHONE = "telephone"
"""The provider of what was said on the telephone and typed in by a person."""

WAITS = {
    Wish.HELP: timedelta(minutes=30),
    Wish.CALL_ME: timedelta(hours=4),
    Wish.REFUSED: timedelta(hours=24),
    Wish.WRONG_PERSON: timedelta(hours=72),
    Wish.OTHER: timedelta(hours=24),
}
"""How long each level has to answer before the next one must."""

_ABOVE = {Level.VILLAGE: Level.TOWNSHIP, Level.TOWNSHIP: Level.COUNTY}
_LONGEST = 2000
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is reached by a number, and where they live.

    ``writer`` is the one person who must have written: theirs alone, not a relative's.
    """

    people: tuple[Member, ...]
    writer: Member | None
    township: str | None
    village: str | None

    @property
    def level(self) -> Level:
        """The lowest level that is responsible for all of them."""
        if self.village is not None:
            return Level.VILLAGE
        return Level.COUNTY if self.township is None else Level.TOWNSHIP


def take(  # noqa: PLR0913, PLR0917 - from whom, what, and how it came
    session: Session,
    provider: str,
    reference: str | None,
    phone: str,
    text: str,
    now: datetime,
    *,
    entered_by: int | None = None,
) -> Reply:
    """Take in one reply and return it; the same ``reference`` again changes nothing.

    A plain refusal counts from this moment, a duty person's 1 or 2 answers the alert,
    and whoever wrote was contacted where it is clear who that is. A sender that is no
    mobile of mainland China is kept as it came.
    """
    number = _number(phone)
    index = privacy.blind("phone", number)
    behind = who_is_behind(session, index)
    new = {
        "provider": provider,
        "provider_ref": reference and reference[:80],
        "phone_index": index,
        "phone": number,
        "text": text[:_LONGEST],
        "campaign_id": campaign_answered(session, index, now),
        "wish": Wish.OTHER,
        "township": behind.township,
        "village": behind.village,
        "held_by": behind.level,
        "received_at": now,
        "entered_by": entered_by,
    }
    fresh = (
        insert(session, Reply)
        .values(new)
        .on_conflict_do_nothing(index_elements=["provider", "provider_ref"])
        .returning(Reply.id)
    )
    made = session.scalar(fresh)
    if made is None:
        same = Reply.provider == provider, Reply.provider_ref == new["provider_ref"]
        return session.scalars(select(Reply).where(*same)).one()
    reply = session.get_one(Reply, made)
    if ladder.answer(session, index, text, now) is not None:
        reply.wish, reply.closed_at = Wish.DUTY, now
    else:
        follow(session, reply, wish_of(text), now)
    session.flush()
    return reply


def follow(session: Session, reply: Reply, wish: Wish, now: datetime) -> None:
    """Do what ``wish`` asks for, and close the reply where nothing is left to do."""
    behind = who_is_behind(session, reply.phone_index)
    wrong = wish is Wish.WRONG_PERSON
    reply.wish = wish
    reply.member_id = behind.writer.id if behind.writer and not wrong else None
    if reply.member_id is not None:
        answered(session, reply.member_id, now)
    reply.due_at = now + WAITS.get(wish, WAITS[Wish.OTHER])
    if wish is Wish.REFUSED:
        _refuse(session, reply, behind, now)
    elif wish is Wish.RECEIVED:
        reply.closed_at = now
    elif wrong:
        _doubt(reply, behind)


def take_all(
    session: Session,
    provider: str,
    replies: Iterable[tuple[str, str, str]],
    now: datetime,
    *,
    entered_by: int | None = None,
) -> list[Reply]:
    """Take in a file's replies, each with its reference, phone and text."""
    return [
        take(session, provider, reference, phone, text, now, entered_by=entered_by)
        for reference, phone, text in replies
    ]


def raise_overdue(session: Session, now: datetime) -> int:
    """Hand each overdue reply to the level above; return how many. Safe to repeat."""
    overdue = session.scalars(
        select(Reply)
        .where(
            Reply.closed_at.is_(None),
            Reply.due_at <= now,
            Reply.held_by.in_(_ABOVE),
        )
        .order_by(Reply.due_at, Reply.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for reply in overdue:
        reply.held_by = _ABOVE[reply.held_by]
        reply.due_at = now + WAITS.get(reply.wish, WAITS[Wish.OTHER])
        reply.opened_at = reply.opened_by = None
    session.flush()
    return len(overdue)


def who_is_behind(session: Session, phone_index: bytes) -> Behind:
    """Everybody on the register whom this number reaches, as theirs or a relative's."""
    people = sharing(session, phone_index)
    living = [m for m in people if m.status is MemberStatus.ACTIVE]
    townships = {member.township for member in living}
    villages = {member.village for member in living}
    alone = len(people) == 1 and people == living
    theirs = alone and people[0].phone_index == phone_index
    own = theirs and people[0].guardian_phone_index != phone_index
    return Behind(
        tuple(people),
        people[0] if own else None,
        townships.pop() if len(townships) == 1 else None,
        villages.pop() if len(villages) == 1 else None,
    )


def _refuse(session: Session, reply: Reply, behind: Behind, now: datetime) -> None:
    source = "phone" if reply.provider == TELEPHONE else "reply"
    refuse(
        session,
        reply.phone_index,
        now,
        source=source,
        evidence=reply.text,
        member=behind.writer,
        recorded_by=reply.entered_by,
    )
    refusal = standing(session, reply.phone_index)
    if refusal is None or not refusal.to_ask:
        reply.closed_at = now


def _doubt(reply: Reply, behind: Behind) -> None:
    """A stranger answers: the number has to be looked into, by the township."""
    for member in behind.people:
        if member.phone_index == reply.phone_index:
            member.number_status = NumberStatus.SUSPECT
    if reply.held_by is Level.VILLAGE:
        reply.held_by = Level.TOWNSHIP


def _number(phone: str) -> str:
    try:
        return read_phone(phone)
    except Refused:
        return phone.strip()[:40]
