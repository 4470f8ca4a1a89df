"""The messages that a rule makes: a row for each line, then one text a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from campaigns.audience.channel_choice import Choice
from campaigns.audience.conditions import Condition
from campaigns.register.models import Member
from campaigns.vocabulary import Addressee, Channel, Reason


@dataclass(frozen=True, slots=True)
class Line:
    """One (channel, addressee) of a campaign.

    ``due`` is who has a message there, None for everybody; ``reason`` why it is not
    sent, empty when it is.
    """

    channel: Channel
    addressee: Addressee
    due: Condition | None
    phone_index: SQLColumnExpression[bytes | None]
    reason: ColumnElement[str]


def lines(choice: Choice) -> tuple[Line, ...]:
    """The messages to make: everybody's own text, and for some a second message.

    A guardian's copy comes beside the person's own text and takes its place only for
    children and for whoever has no phone that works.
    """
    sms, own = Channel.SMS, Addressee.MEMBER
    phone, theirs = Member.phone_index, Member.guardian_phone_index
    texts = (
        Line(sms, own, None, phone, choice.own_reason),
        Line(sms, Addressee.GUARDIAN, choice.copied, theirs, choice.copy_reason),
    )
    call = Line(Channel.VOICE, own, choice.called, phone, choice.call_reason)
    return (*texts, call) if choice.voice else texts


def chosen(
    choice: Choice,
    people: Sequence[ColumnElement[bool]],
) -> CTE:
    """A row for each message of ``people``, with the reason why it is not sent.

    ``beside`` is true on a person's own line where another line reaches them.
    """
    rows: list[Any] = []
    for line in lines(choice):
        own = line.due is None
        rows.append(
            select(
                Member.id.label("member_id"),
                Member.township,
                Member.village,
                Member.certificate_category.label("category"),
                literal(line.channel.value).label("channel"),
                literal(line.addressee.value).label("addressee"),
                line.phone_index.label("phone_index"),
                line.reason.label("reason"),
                (choice.beside if own else literal(value=False)).label("beside"),
            ).where(*people, *(() if line.due is None else (line.due,)))
        )
    return union_all(*rows).cte("chosen")


def one_a_phone(rows: CTE, reason: ColumnElement[str], by_place: Sequence[str]) -> CTE:
    """Reasons first, then one text a phone: a member before a guardian, then by id.

    The others follow it. A text that differs by place (``by_place`` names columns)
    is not shared with somebody who lives elsewhere: it would tell them another
    place's words.
    """
    given = select(
        *(column for column in rows.c if column.name != "reason"),
        reason.label("reason"),
    ).cte("given")
    own_first = case((given.c.addressee == Addressee.MEMBER, 0), else_=1)
    same = [given.c.channel, given.c.phone_index, given.c.reason]
    order = [own_first, given.c.member_id]
    turn = func.row_number().over(partition_by=same, order_by=order)
    firsts = [
        func.first_value(given.c[name])
        .over(partition_by=same, order_by=order)
        .label(f"first_{name}")
        for name in by_place
    ]
    ranked = select(given, turn.label("turn"), *firsts).cte("ranked")
    later = and_(ranked.c.reason == Reason.NONE, ranked.c.turn > 1)
    pairs = [(later, Reason.SHARED_PHONE.value)]
    if by_place:
        elsewhere = or_(
            *(
                ranked.c[name].is_distinct_from(ranked.c[f"first_{name}"])
                for name in by_place
            )
        )
        pairs.insert(0, (and_(later, elsewhere), Reason.PERSONAL_TEXT.value))
    final = case(*pairs, else_=ranked.c.reason)
    kept = [column for column in ranked.c if column.name in _KEPT]
    return select(*kept, final.label("reason")).cte("final")


_KEPT = {
    "member_id",
    "township",
    "village",
    "category",
    "channel",
    "addressee",
    "phone_index",
    "beside",
}
