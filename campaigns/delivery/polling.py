"""Asking providers for reports that never came: a lost webhook decides no figure.

Accepted and sent messages are looked up 1, 6, 24 and 71 hours after the provider took
them. What its records say goes through the inbox like any other report.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import BigInteger, ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from campaigns.delivery import addressing, receipts, tally
from campaigns.delivery.asking import ASKED, Answer, Question, questions_of
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Report
from campaigns.orm import number, packed_ids, rows, table_of
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState, MessageState

AGES = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 71))
"""How long ago a provider took what it is asked about, each once."""

_m = table_of(Message).c
_SILENT = _m.state.in_((number(MessageState.ACCEPTED), number(MessageState.SENT)))


def to_poll(
    session: Session, now: datetime, *, signer: bytes, size: int = 50
) -> list[Question]:
    """Messages of which no end was reported and whose next question is due."""
    due = session.execute(
        select(*tally.MOVED, *addressing.NEEDED, *ASKED)
        .where(_m.campaign_id.in_(_campaigns(session, now)), *_due(now))
        .order_by(_m.campaign_id, _m.provider, _m.id)
        .limit(size)
    ).all()
    found: list[Question] = []
    for (campaign_id, provider), group in groupby(
        due, key=attrgetter("campaign_id", "provider")
    ):
        found += questions_of(session, campaign_id, provider, list(group), signer)
    return found


def anything_to_poll(session: Session, now: datetime) -> bool:
    """Whether a provider must be asked for a report."""
    campaigns = _campaigns(session, now)
    which = select(_m.id).where(_m.campaign_id.in_(campaigns), *_due(now)).limit(1)
    return bool(campaigns) and session.scalar(which) is not None


def heard(
    session: Session, answers: Iterable[Answer], *, signer: bytes, now: datetime
) -> int:
    """Put what providers' records say into the inbox; return how many said more.

    A provider that did not answer is asked again; one that cannot be asked is not.
    """
    told = [answer for answer in answers if answer.heard or answer.mute]
    reports = [report for answer in told if (report := _report(answer)) is not None]
    receipts.store(session, reports, signer=signer, now=now)
    ids = rows("ids", {"id": BigInteger})
    asked = packed_ids(answer.question.outgoing.message_id for answer in told)
    session.execute(
        update(table_of(Message))
        .where(_m.id == ids.c.id, _SILENT)
        .values(polled=_m.polled + number(1)),
        {"ids": asked},
    )
    return len(reports)


def _report(answer: Answer) -> Report | None:
    found, out = answer.submission, answer.question.outgoing
    if found is None or found.state <= MessageState.ACCEPTED:
        return None
    return Report(
        provider=answer.question.provider,
        token=out.token,
        reference=found.reference,
        status="asked",
        state=found.state,
        identity=("asked", out.token, str(int(found.state)), found.code or ""),
        code=found.code,
        reason=found.reason,
        phone=out.phone,
    )


def _campaigns(session: Session, now: datetime) -> list[int]:
    """Campaigns under way whose first messages are old enough."""
    under_way = (CampaignState.RUNNING, CampaignState.PAUSED)
    found = select(Campaign.id).where(
        Campaign.status.in_(under_way), Campaign.launched_at <= now - AGES[0]
    )
    return list(session.scalars(found))


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    ages = (
        and_(_m.polled == count, _m.accepted_at <= now - age)
        for count, age in enumerate(AGES)
    )
    return (_SILENT, _m.portal_batch_id.is_(None), or_(*ages))
