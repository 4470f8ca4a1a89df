"""What campaigns find out about telephone numbers: to check, empty, suspended, blocked.

Only several campaigns make a number doubtful, and one text that arrives clears it.
Each campaign is read once, when it is over, so that the cost is that of its failures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, exists, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.codes import Meaning, meaning
from campaigns.delivery.models import Message
from campaigns.orm import insert, table_of
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.number_records import NumberRecord
from campaigns.vocabulary import (
    CampaignState,
    Channel,
    MessageState,
    NumberStatus,
    Reason,
)

PROFILES = {"simulator": "twilio", "portal_file": "cmpp", "mas": "cmpp"}
"""Whose codes a provider's are, where it is not called after them."""

_SOON = timedelta(days=7)
_FAILED = (MessageState.UNDELIVERED, MessageState.REJECTED)
_OVER = (CampaignState.FINISHED, CampaignState.CANCELLED)
_FOUND = (NumberStatus.SUSPECT, NumberStatus.EMPTY, NumberStatus.SUSPENDED)
_KNOWN = (NumberStatus.EMPTY, NumberStatus.SUSPENDED, NumberStatus.BLOCKED)
_DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Strike:
    """What one failure says of a number.

    ``after`` is how many campaigns must say so before it is to be checked, ``within``
    how long they must at least be apart.
    """

    says: NumberStatus
    after: int
    within: timedelta = timedelta()


def strike(profile: str, code: str, reason: Reason) -> Strike | None:
    """What ``code`` says of the number itself; None where it says nothing.

    Domain rules: no such number counts after 2, suspended after 3 over a week, a
    cause that is not named after 3; what the carrier blocks counts at once.
    """
    found = meaning(profile, code)
    if not found.known:
        found = Meaning(None, reason)
    if found.suppress == "yes":
        blocked = found.reason is Reason.BLOCKED
        says = NumberStatus.BLOCKED if blocked else NumberStatus.EMPTY
        return Strike(says, 1)
    if found.suppress == "after2":
        return Strike(NumberStatus.EMPTY, 2)
    permanent = found.reason is Reason.PERMANENT
    if found.suppress == "after3":
        if permanent:
            return Strike(NumberStatus.SUSPENDED, 3, _SOON)
        return Strike(NumberStatus.SUSPECT, 3)
    if permanent and code != _DELETED:
        return Strike(NumberStatus.SUSPECT, 3)
    return None


def read_campaigns(session: Session, now: datetime) -> int:
    """Note what campaigns that are over found out; return how many were read."""
    over = select(Campaign.id).where(
        Campaign.status.in_(_OVER),
        Campaign.launched_at.is_not(None),
        Campaign.numbers_read_at.is_(None),
    )
    ids = list(session.scalars(over.order_by(Campaign.id)))
    for campaign_id in ids:
        _read(session, campaign_id, now)
    return len(ids)


def settle_number(
    session: Session, phone_index: bytes | None, status: NumberStatus, now: datetime
) -> None:
    """A person rang the number: what they found stands, and counting begins anew.

    A number that does not work keeps its record, which is all that says so where it
    is nobody's but a guardian's.
    """
    if phone_index is None:
        return
    same = NumberRecord.phone_index == phone_index
    session.execute(delete(NumberRecord).where(same))
    if status is not NumberStatus.NORMAL:
        session.add(
            NumberRecord(
                phone_index=phone_index,
                says=status,
                status=status,
                strikes=0,
                first_at=now,
                last_at=now,
            )
        )
    session.execute(
        update(Member)
        .where(Member.phone_index == phone_index)
        .values(number_status=status, updated_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _read(session: Session, campaign_id: int, now: datetime) -> None:
    _clear(session, campaign_id, now)
    ours = (Message.campaign_id == campaign_id, Message.channel == Channel.SMS)
    failed = (*ours, Message.state.in_(_FAILED), Message.phone_index.is_not(None))
    kinds = select(Message.provider, Message.code, Message.reason).where(*failed)
    for provider, code, reason in session.execute(kinds.distinct()).all():
        name = PROFILES.get(provider or "", provider or "")
        found = strike(name, code or "", Reason(reason))
        if found is not None:
            same = (
                Message.provider == provider,
                Message.code.is_(None) if code is None else Message.code == code,
                Message.reason == reason,
            )
            _add(session, found, (*failed, *same), now)
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(numbers_read_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _clear(session: Session, campaign_id: int, now: datetime) -> None:
    """A number that took a text works, whatever was believed of it."""
    worked = select(Message.phone_index).where(
        Message.campaign_id == campaign_id,
        Message.channel == Channel.SMS,
        Message.state == int(MessageState.DELIVERED),
    )
    known = select(NumberRecord.phone_index).where(NumberRecord.phone_index.in_(worked))
    session.execute(
        update(Member)
        .where(Member.phone_index.in_(known), Member.number_status.in_(_FOUND))
        .values(number_status=NumberStatus.NORMAL, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(NumberRecord)
        .where(NumberRecord.phone_index.in_(worked))
        .execution_options(synchronize_session=False)
    )


def _add(session: Session, found: Strike, which: Iterable[Any], now: datetime) -> None:
    """One strike more for each number, and a status where that is enough."""
    record = table_of(NumberRecord)
    enough = found.after == 1
    status = _status(found) if enough else NumberStatus.NORMAL
    fresh = select(
        Message.phone_index,
        bindparam("says", found.says.value, record.c.says.type),
        bindparam("status", status.value, record.c.status.type),
        bindparam("one", 1, record.c.strikes.type),
        bindparam("first", now, record.c.first_at.type),
        bindparam("last", now, record.c.last_at.type),
    ).where(*which)
    names = ["phone_index", "says", "status", "strikes", "first_at", "last_at"]
    adding = insert(session, NumberRecord).from_select(names, fresh.distinct())
    c = record.c
    strikes = c.strikes + 1
    old = c.first_at <= bindparam("apart", now - found.within, c.first_at.type)
    again = and_(strikes >= found.after, old, c.status.not_in(_KNOWN))
    sure = and_(strikes > found.after, old)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=["phone_index"],
            set_={
                "strikes": strikes,
                "last_at": adding.excluded.last_at,
                "says": adding.excluded.says,
                "status": case(
                    (sure, found.says.value),
                    (again, _status(found).value),
                    else_=c.status,
                ),
            },
        )
    )
    _tell_members(session, now)


def _status(found: Strike) -> NumberStatus:
    """At first a number is to be checked; only a block needs no second look."""
    blocked = found.says is NumberStatus.BLOCKED
    return NumberStatus.BLOCKED if blocked else NumberStatus.SUSPECT


def _tell_members(session: Session, now: datetime) -> None:
    """The register follows what this sweep found out."""
    same = NumberRecord.phone_index == Member.phone_index
    changed = exists().where(
        same,
        NumberRecord.last_at == now,
        NumberRecord.status != NumberStatus.NORMAL,
        NumberRecord.status != Member.number_status,
    )
    status = select(NumberRecord.status).where(same).scalar_subquery()
    lately = select(NumberRecord.phone_index).where(NumberRecord.last_at == now)
    session.execute(
        update(Member)
        .where(Member.phone_index.in_(lately), changed)
        .values(number_status=status, updated_at=now)
        .execution_options(synchronize_session=False)
    )
