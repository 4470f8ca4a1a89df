"""After a restore to an earlier point: nothing is sent that may have been sent since.

A copy of the database believes that messages wait which the provider took long ago.
Campaigns pause, and what waits or was under way is in doubt: the provider's records
and late receipts settle it under the same token, and a person the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, literal, select, update
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.doubts import QUESTIONS
from campaigns.delivery.finishing import BY_HAND
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.orm import by_key, number
from campaigns.planning import pausing
from campaigns.planning.models import Campaign
from campaigns.vocabulary import MessageState

_OPEN = (number(MessageState.QUEUED), number(MessageState.SUBMITTING))


def hold_back(session: Session, now: datetime) -> list[int]:
    """Pause every running campaign, launched or not; return their numbers.

    Nothing is sent again by itself any more: records are searched round the moment of
    an attempt, and when the lost ones were made nobody knows.
    """
    session.execute(update(Campaign).values(resend_absent=False))
    return pausing.pause_all(session, now)


def still_open(session: Session) -> list[int]:
    """The numbers of all open messages; nothing else moves them before ``doubt``.

    Read once: in an order that a limit needs, each batch would sort all of them.
    """
    return list(session.scalars(select(Message.id).where(Message.state.in_(_OPEN))))


def doubt(
    session: Session, ids: Sequence[int], taken_at: datetime, now: datetime
) -> int:
    """Put the open ones of ``ids`` in doubt; return how many.

    ``taken_at`` is when the copy was made: a message that waited then was sent at that
    moment at the earliest. Its next attempt is counted as made, so that its token is
    the one which the lost attempt had. Who is fed by hand cannot be asked.
    """
    waited = Message.state == number(MessageState.QUEUED)
    carrier = select(Campaign.provider).where(Campaign.id == Message.campaign_id)
    then = literal(taken_at, Message.submitted_at.type)
    by_hand = carrier.scalar_subquery() == BY_HAND
    moved = session.execute(
        update(Message)
        .where(Message.id.in_(ids), by_key(Message.state).in_(_OPEN))
        .values(
            was=Message.state,
            was_reason=Message.reason,
            state=MessageState.IN_DOUBT,
            attempt=case((waited, Message.attempt + 1), else_=Message.attempt),
            submitted_at=case((waited, then), else_=Message.submitted_at),
            provider=case((waited, carrier.scalar_subquery()), else_=Message.provider),
            asked=case((by_hand, len(QUESTIONS)), else_=0),
            due_at=now,
            claim=None,
            lease_until=None,
        )
        .returning(*tally.MOVED)
        .execution_options(synchronize_session=False)
    ).all()
    settle(session, moved)
    return len(moved)
