"""Visits: opened for whoever a campaign missed, recorded, and closed by a person.

Sweeps look at campaigns whose visits are not all open yet, and at open visits: at
nothing that is past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    and_,
    case,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaigns.audience.urgent_order import urgent_order
from campaigns.delivery.models import Recipient
from campaigns.delivery.outcomes import STILL_OWED, any_of, confirm_by, of_kinds
from campaigns.fieldwork.visit_models import Visit, VisitMissed
from campaigns.orm import insert, number, packed_ids, rows, table_of
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.vocabulary import MessageState, Urgency, VisitOutcome

BATCH = 2000
DUE = {Urgency.EMERGENCY: timedelta(hours=1), Urgency.MUST_REACH: timedelta(hours=24)}
"""How soon after it was opened a visit is due."""

_ids = rows("ids", {"id": BigInteger})


def open_visits(session: Session, now: datetime, size: int = BATCH) -> int:
    """Open visits where campaigns owe them; return how many people were listed.

    At launch and at every failure for whom no text can reach; at ``confirm_by`` for
    everybody else who is not confirmed. Safe to run at any time, by anybody.
    """
    owing = select(Campaign).where(
        Campaign.urgency != Urgency.TIP,
        Campaign.launched_at.is_not(None),
        Campaign.visits_opened_at.is_(None),
    )
    campaigns = session.scalars(
        owing.order_by(Campaign.urgency != Urgency.EMERGENCY, Campaign.id)
    )
    return sum(_open_for(session, each, now, size) for each in campaigns.all())


def _open_for(session: Session, campaign: Campaign, now: datetime, size: int) -> int:
    until = confirm_by(campaign)
    everybody = until is not None and until <= now
    found = _missed(session, campaign, everybody=everybody, size=size)
    if found:
        put_on_list(session, campaign, packed_ids(found), now)
    if everybody and len(found) < size:
        campaign.visits_opened_at = now
        session.flush()
    return len(found)


def _missed(
    session: Session, campaign: Campaign, *, everybody: bool, size: int
) -> list[int]:
    """Ids of recipients who are owed a visit and not listed on one yet."""
    kinds = STILL_OWED if everybody else STILL_OWED[:1]
    owed = of_kinds(session, campaign, kinds)
    if not everybody:
        owed = {pair for pair in owed if pair[0] < 0 or pair[0] == _FAILED}
    if not owed:
        return []
    listed = exists().where(
        VisitMissed.campaign_id == Recipient.campaign_id,
        VisitMissed.member_id == Recipient.member_id,
    )
    missed = select(Recipient.id).where(
        Recipient.campaign_id == campaign.id, any_of(owed), ~listed
    )
    if not everybody:
        missed = missed.where(or_(Recipient.best < number(0), _failed))
    return list(session.scalars(missed.order_by(Recipient.id).limit(size)))


_FAILED = int(MessageState.UNDELIVERED)
_failed = Recipient.best == number(_FAILED)


def put_on_list(session: Session, campaign: Campaign, ids: str, now: datetime) -> None:
    """Give each of the recipients ``ids`` an open visit, and put the campaign on it."""
    among = Recipient.id.in_(select(_ids.c.id))
    emergency = campaign.urgency is Urgency.EMERGENCY
    due = now + DUE[campaign.urgency]
    visit, missed = table_of(Visit), table_of(VisitMissed)
    fresh: dict[str, Any] = {
        "member_id": Member.id,
        "township": Recipient.township,
        "village": Recipient.village,
        "emergency": literal(emergency, Boolean),
        "rank": urgent_order(now),
        "opened_at": literal(now, visit.c.opened_at.type),
        "due_at": literal(due, visit.c.due_at.type),
        "tries": literal(0),
    }
    people = (
        select(*fresh.values())
        .join(Recipient, Recipient.member_id == Member.id)
        .where(among)
        .order_by(Recipient.id)
    )
    session.execute(
        insert(session, Visit)
        .from_select(list(fresh), people)
        .on_conflict_do_nothing(),
        {"ids": ids},
    )
    lines: dict[str, Any] = {
        "visit_id": Visit.id,
        "campaign_id": Recipient.campaign_id,
        "member_id": Recipient.member_id,
        "reason": Recipient.reason,
        "added_at": literal(now, missed.c.added_at.type),
    }
    open_ = and_(Visit.member_id == Recipient.member_id, Visit.closed_at.is_(None))
    session.execute(
        insert(session, VisitMissed)
        .from_select(
            list(lines), select(*lines.values()).join(Visit, open_).where(among)
        )
        .on_conflict_do_nothing(),
        {"ids": ids},
    )
    if emergency:
        _hasten(session, ids, due)


def _hasten(session: Session, ids: str, due: datetime) -> None:
    """A visit that waited already becomes as urgent as the emergency."""
    members = select(Recipient.member_id).where(Recipient.id.in_(select(_ids.c.id)))
    session.execute(
        update(Visit)
        .where(
            Visit.closed_at.is_(None),
            Visit.member_id.in_(members),
            Visit.emergency.is_(False),
        )
        .values(
            emergency=True,
            due_at=case(
                (Visit.due_at < due, Visit.due_at),
                else_=literal(due, Visit.due_at.type),
            ),
        )
        .execution_options(synchronize_session=False),
        {"ids": ids},
    )


def hear(session: Session, now: datetime) -> int:
    """Note what arrived late on open visits; close those that nothing needs any more.

    Returns how many were closed. An emergency's visit waits for a person.
    """
    waiting = (
        select(VisitMissed.campaign_id)
        .join(Visit)
        .where(Visit.closed_at.is_(None), VisitMissed.told_at.is_(None))
    )
    for campaign in session.scalars(
        select(Campaign).where(Campaign.id.in_(waiting)).order_by(Campaign.id)
    ).all():
        _annotate(session, campaign, now)
    left = exists().where(
        VisitMissed.visit_id == Visit.id, VisitMissed.told_at.is_(None)
    )
    closed = session.scalars(
        update(Visit)
        .where(Visit.closed_at.is_(None), Visit.emergency.is_(False), ~left)
        .values(closed_at=now, outcome=VisitOutcome.UNNEEDED)
        .returning(Visit.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    return len(closed)


def _annotate(session: Session, campaign: Campaign, now: datetime) -> None:
    owed = of_kinds(session, campaign, STILL_OWED)
    still = exists().where(
        Recipient.campaign_id == VisitMissed.campaign_id,
        Recipient.member_id == VisitMissed.member_id,
        any_of(owed),
    )
    open_ = select(Visit.id).where(Visit.closed_at.is_(None))
    session.execute(
        update(VisitMissed)
        .where(
            VisitMissed.campaign_id == campaign.id,
            VisitMissed.told_at.is_(None),
            VisitMissed.visit_id.in_(open_),
            ~still,
        )
        .values(told_at=now)
        .execution_options(synchronize_session=False)
    )
