"""From claimed rows to what a provider is handed: number, words and token.

Numbers are read only where they are still the ones frozen at launch: a phone that
was corrected meanwhile may belong to somebody else.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.bulletins.carrier_rules import rules_of
from campaigns.delivery import token
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Outgoing
from campaigns.errors import Unreadable
from campaigns.orm import packed_ids, rows, table_of
from campaigns.register.models import Member, Place
from campaigns.vocabulary import Addressee, Channel

_log = logging.getLogger(__name__)
_SOME = 20
_ON_DUTY = (Addressee.DUTY, Addressee.LEADER)
_m = table_of(Message).c
NEEDED = (_m.attempt, _m.phone_index, _m.village)
"""What a statement returns beside ``tally.MOVED``, for the functions here."""


class Addressed(Protocol):
    """A message's row with what addressing it needs."""

    id: int
    member_id: int | None
    channel: Channel
    addressee: Addressee
    phone_index: bytes | None
    township: str
    village: str | None
    attempt: int


def numbers(session: Session, taken: Sequence[Addressed]) -> dict[int, str]:
    """E.164 numbers by message; a message whose number changed is left out."""
    people = [row for row in taken if row.addressee not in _ON_DUTY]
    duty = [row for row in taken if row.addressee in _ON_DUTY]
    return {**_of_people(session, people), **_of_duty(session, duty)}


def outgoing(  # noqa: PLR0913 - a message is its row, number, words, seal and times
    dispatch: Dispatch,
    taken: Iterable[Addressed],
    known: Mapping[int, str],
    *,
    signer: bytes,
    deadline: float,
    now: datetime,
) -> tuple[Outgoing, ...]:
    """Make messages ready to carry, in the order of their ids."""
    campaign_id, signature = dispatch.campaign.id, dispatch.unit.signature
    valid = int((dispatch.closes_at(now) - now).total_seconds())
    digits = rules_of(dispatch.provider).digits
    ready = []
    for row in sorted(taken, key=lambda found: found.id):
        if row.id not in known:
            continue
        words = dispatch.words(row.channel, row.township, row.village, row.addressee)
        calls = row.channel == Channel.VOICE
        ready.append(
            Outgoing(
                message_id=row.id,
                campaign_id=campaign_id,
                attempt=row.attempt,
                channel=row.channel,
                phone=known[row.id],
                text=words.text,
                token=token.mint(signer, campaign_id, row.id, row.attempt),
                parts=words.parts,
                deadline=deadline,
                valid_seconds=max(0, valid),
                submitted_at=now,
                serial=token.serial(signer, row.id, row.attempt) if digits else "",
                signature=signature,
                sound=dispatch.sounds.get(row.township, "") if calls else "",
                template=words.template,
                values=words.values,
                practice=dispatch.unit.practice_since is not None,
            )
        )
    return tuple(ready)


_p = table_of(Member).c
_people = rows("people", {"id": BigInteger})
_PHONES = select(
    _p.id, _p.phone, _p.phone_index, _p.guardian_phone, _p.guardian_phone_index
).where(_p.id.in_(select(_people.c.id)))


def _of_people(session: Session, taken: Sequence[Addressed]) -> dict[int, str]:
    wanted = {row.member_id for row in taken if row.member_id is not None}
    if not wanted:
        return {}
    people = {person.id: person for person in _opened(session, wanted)}
    known: dict[int, str] = {}
    for row in taken:
        person = people.get(row.member_id)
        if person is None:
            continue
        to_guardian = row.addressee == Addressee.GUARDIAN
        phone = person.guardian_phone if to_guardian else person.phone
        index = person.guardian_phone_index if to_guardian else person.phone_index
        if phone and index == row.phone_index:
            known[row.id] = phone
    return known


def _opened(session: Session, ids: Iterable[int]) -> Sequence[Any]:
    """Numbers of ``ids``; whoever's seal does not open is left out, and stops nobody.

    Raises Unreadable where nobody's opens: then it is the key that is wrong.
    """
    try:
        return session.execute(_PHONES, {"people": packed_ids(ids)}).all()
    except Unreadable:
        some = session.scalars(select(_p.id).order_by(_p.id).limit(_SOME)).all()
        if not any(_one(session, key) for key in some):
            raise
    return [person for key in ids for person in _one(session, key)]


def _one(session: Session, key: int) -> Sequence[Any]:
    try:
        return session.execute(_PHONES, {"people": packed_ids([key])}).all()
    except Unreadable:
        _log.exception("the number of member %s cannot be read", key)
        return ()


def _of_duty(session: Session, taken: Sequence[Addressed]) -> dict[int, str]:
    wanted: dict[str | None, list[Addressed]] = defaultdict(list)
    for row in taken:
        wanted[row.village].append(row)
    if not wanted:
        return {}
    known: dict[int, str] = {}
    for place in session.scalars(select(Place).where(Place.code.in_(wanted))):
        for phone in (place.duty_phone, place.second_phone):
            index = privacy.blind("phone", phone) if phone else None
            same = (r for r in wanted[place.code] if r.phone_index == index)
            known.update({row.id: phone for row in same if phone})
    return known
