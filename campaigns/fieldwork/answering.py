"""Which campaign a reply answers, and how many answered it, by what they wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message, Reply
from campaigns.orm import number
from campaigns.planning.models import Campaign
from campaigns.vocabulary import Channel, MessageState, Wish

_ABOUT = timedelta(days=7)
_WENT = MessageState.ACCEPTED, MessageState.REJECTED - 1


@dataclass(frozen=True, slots=True)
class Answers:
    """Replies that ask for the same; ``waiting`` of ``n`` are not closed."""

    wish: Wish
    n: int
    waiting: int

    @property
    def closed(self) -> int:
        """Those with which nothing is left to do."""
        return self.n - self.waiting


def campaign_answered(
    session: Session, phone_index: bytes, now: datetime
) -> int | None:
    """The campaign that last wrote to this number, or rang it, in the week before.

    The campaigns of the week are few, and in each a number is found by its key.
    """
    recent = select(Campaign.id).where(Campaign.launched_at >= now - _ABOUT)
    went = (
        select(Message.campaign_id)
        .where(
            Message.campaign_id.in_(recent),
            Message.channel.in_(tuple(Channel)),
            Message.phone_index == phone_index,
            Message.state.between(*_WENT),
            Message.state != number(MessageState.SKIPPED),
        )
        .order_by(Message.submitted_at.desc(), Message.id.desc())
        .limit(1)
    )
    return session.scalar(went)


def answers_to(session: Session, campaign_id: int, place: str = "") -> list[Answers]:
    """A campaign's replies by what they ask for, the most frequent first.

    ``place`` keeps to the number's township, empty for all of them.
    """
    here = [Reply.township == place] if place else []
    waiting = func.sum(case((Reply.closed_at.is_(None), 1), else_=0))
    found = session.execute(
        select(Reply.wish, func.count(), waiting)
        .where(Reply.campaign_id == campaign_id, *here)
        .group_by(Reply.wish)
    )
    return sorted(
        (Answers(wish, n, int(open_)) for wish, n, open_ in found),
        key=lambda each: (-each.n, each.wish),
    )


def summed(answers: Iterable[Answers]) -> tuple[int, int]:
    """How many replies, and how many of them wait."""
    every = list(answers)
    return sum(each.n for each in every), sum(each.waiting for each in every)
