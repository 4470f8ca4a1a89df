"""Who died or moved, as told at a visit: the register, the texts and the figures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from campaigns.delivery.gating import UNDER_WAY, end_gone
from campaigns.delivery.models import Recipient
from campaigns.delivery.people import say
from campaigns.fieldwork.visit_models import VisitTry
from campaigns.orm import number
from campaigns.planning.models import Campaign
from campaigns.register import departures
from campaigns.register.departures import Departure
from campaigns.register.models import Member
from campaigns.vocabulary import (
    BY_PERSON,
    MemberStatus,
    MessageState,
    Reason,
    VisitOutcome,
)

LEAVES = {
    VisitOutcome.DECEASED: MemberStatus.DECEASED,
    VisitOutcome.MOVED: MemberStatus.MOVED,
}
"""What an outcome says of the person's place on the register."""


def leave(session: Session, tried: VisitTry, *, by: int | None, now: datetime) -> None:
    """Leave the person alone from now on, in campaigns under way too.

    The try's remark is the evidence. Nothing is added to what somebody else reported
    and nobody settled yet. Raises Refused without evidence.
    """
    if departures.standing(session, tried.member_id) is not None:
        return
    member = session.get_one(Member, tried.member_id)
    status, words = LEAVES[tried.outcome], tried.remark or ""
    departures.report(session, member, status, evidence=words, by=by, now=now)
    end_gone(session, member.id, now)
    not_told = Recipient.best < number(MessageState.NO_RECEIPT)
    silent = Recipient.reason.not_in(BY_PERSON)
    say(session, _of(session, member.id, not_told, silent), Reason.GONE)


def come_back(
    session: Session, found: Departure, *, by: int | None, now: datetime
) -> Member:
    """It was not so: campaigns under way have not reached the person yet."""
    member = departures.take_back(session, found, by=by, now=now)
    gone = Recipient.reason == Reason.GONE
    say(session, _of(session, member.id, gone), Reason.UNKNOWN)
    return member


def _of(
    session: Session, member_id: int, *which: ColumnElement[bool]
) -> list[tuple[int, int]]:
    """Campaign and member wherever a campaign under way holds the person."""
    under_way = select(Campaign.id).where(Campaign.status.in_(UNDER_WAY))
    found = select(Recipient.campaign_id).where(
        Recipient.campaign_id.in_(under_way), Recipient.member_id == member_id, *which
    )
    return [(key, member_id) for key in session.scalars(found)]
