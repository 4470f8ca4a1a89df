"""Announcements: made at launch, given their clip, and withdrawn when it was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.errors import Refused, mark
from campaigns.fieldwork.models import Announcement, AnnouncementLog
from campaigns.planning.earshot import villages_of
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.vocabulary import AnnouncementState, Channel

_S = AnnouncementState
STEPS: dict[AnnouncementState, frozenset[AnnouncementState]] = {
    _S.PREPARED: frozenset(
        {_S.ALERTED, _S.DOWNLOADED, _S.PLAYED, _S.MISSED, _S.NOT_DUE, _S.WITHDRAWN}
    ),
    _S.ALERTED: frozenset(
        {_S.DOWNLOADED, _S.PLAYED, _S.MISSED, _S.NOT_DUE, _S.WITHDRAWN}
    ),
    _S.DOWNLOADED: frozenset({_S.PLAYED, _S.MISSED, _S.NOT_DUE, _S.WITHDRAWN}),
    _S.MISSED: frozenset({_S.PLAYED, _S.SIGNED, _S.WITHDRAWN}),
    _S.NOT_DUE: frozenset({_S.PLAYED, _S.SIGNED, _S.WITHDRAWN}),
    _S.PLAYED: frozenset({_S.SIGNED, _S.WITHDRAWN}),
    _S.SIGNED: frozenset({_S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
}
"""Forward only: a village that missed a clip may still play it, never the reverse."""


def before(state: AnnouncementState) -> list[AnnouncementState]:
    """The states from which ``state`` may follow."""
    return [earlier for earlier, after in STEPS.items() if state in after]


def prepare(session: Session, campaign_id: int, now: datetime) -> int:
    """Make one announcement for each village that hears the campaign.

    Returns how many are new; none for a campaign without loudspeakers. May be
    repeated.
    """
    campaign = get_campaign(session, campaign_id)
    if Channel.LOUDSPEAKER not in campaign.channels:
        return 0
    have = set(
        session.scalars(
            select(Announcement.village).where(Announcement.campaign_id == campaign_id)
        )
    )
    fresh = [
        Announcement(
            campaign_id=campaign_id,
            village=village,
            township=township,
            state=_S.PREPARED,
            made_at=now,
        )
        for village, township in villages_of(session, Rule.from_json(campaign.rule))
        if village not in have
    ]
    session.add_all(fresh)
    session.flush()
    _mark_recorded(session, campaign_id, now)
    return len(fresh)


def townships_without_clip(session: Session, campaign_id: int) -> list[str]:
    """Codes of the townships whose clip is still to be recorded."""
    missing = (
        select(Announcement.township)
        .where(Announcement.campaign_id == campaign_id, Announcement.clip.is_(None))
        .where(Announcement.state != _S.WITHDRAWN)
        .distinct()
        .order_by(Announcement.township)
    )
    return list(session.scalars(missing))


def attach_clip(  # noqa: PLR0913, PLR0917 - where, what, and what is known
    session: Session,
    campaign_id: int,
    township: str,
    clip: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> int:
    """Give a township's villages their clip; return how many got it.

    ``clip`` is its fingerprint, ``facts`` its seconds, lufs, true_peak_dbtp, sha256
    and bytes. A village that downloaded another clip already keeps it. With the last
    one the campaign is recorded.
    """
    given = session.scalars(
        update(Announcement)
        .where(
            Announcement.campaign_id == campaign_id,
            Announcement.township == township,
            Announcement.state.in_((_S.PREPARED, _S.ALERTED)),
            or_(Announcement.clip.is_(None), Announcement.clip != clip),
        )
        .values(clip=clip, clip_facts=dict(facts), prepared_at=now)
        .returning(Announcement.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    _mark_recorded(session, campaign_id, now)
    return len(given)


def attach_pack(session: Session, campaign_id: int, village: str, pack: str) -> None:
    """Name the ZIP that is ready for a village."""
    session.execute(
        update(Announcement)
        .where(Announcement.campaign_id == campaign_id, Announcement.village == village)
        .values(pack=pack)
        .execution_options(synchronize_session="fetch")
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A village that must be told of a withdrawal; it may have the clip on a stick."""

    announcement_id: int
    village: str
    name: str
    downloaded_at: datetime | None
    played_at: datetime | None


def withdraw(
    session: Session, campaign_id: int, *, reason: str, by: int, now: datetime
) -> list[Told]:
    """Withdraw a campaign's clip everywhere.

    Returns the villages that downloaded or played it. Raises Refused without a
    reason.
    """
    if not reason.strip():
        raise Refused(mark("写一句撤回的原因，村里才知道怎么办。"))
    ids = session.scalars(
        update(Announcement)
        .where(
            Announcement.campaign_id == campaign_id,
            Announcement.state.in_(before(_S.WITHDRAWN)),
        )
        .values(state=_S.WITHDRAWN, withdrawn_at=now, remark=reason.strip())
        .returning(Announcement.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    for announcement_id in ids:
        session.add(
            AnnouncementLog(
                announcement_id=announcement_id,
                deed="withdrawn",
                way="account",
                actor=str(by),
                details={"reason": reason.strip()},
                at=now,
            )
        )
    session.flush()
    return _have_it(session, list(ids))


def told_of_withdrawal(
    session: Session, announcement_id: int, *, now: datetime
) -> None:
    """Tick off a village that was told not to play the withdrawn clip any more."""
    session.execute(
        update(Announcement)
        .where(
            Announcement.id == announcement_id,
            Announcement.state == _S.WITHDRAWN,
            Announcement.told_at.is_(None),
        )
        .values(told_at=now)
        .execution_options(synchronize_session="fetch")
    )


def to_tell(session: Session, campaign_id: int) -> list[Told]:
    """Villages that have a withdrawn clip and were not told yet, by code."""
    waiting = select(Announcement.id).where(
        Announcement.campaign_id == campaign_id,
        Announcement.state == _S.WITHDRAWN,
        Announcement.told_at.is_(None),
    )
    return _have_it(session, list(session.scalars(waiting)))


def _have_it(session: Session, ids: list[int]) -> list[Told]:
    reached = or_(
        Announcement.downloaded_at.is_not(None), Announcement.played_at.is_not(None)
    )
    found = session.execute(
        select(
            Announcement.id,
            Announcement.village,
            Place.name,
            Announcement.downloaded_at,
            Announcement.played_at,
        )
        .join(Place, Place.code == Announcement.village)
        .where(Announcement.id.in_(ids), reached)
        .order_by(Announcement.village)
    )
    return [Told(*row) for row in found]


def _mark_recorded(session: Session, campaign_id: int, now: datetime) -> None:
    waiting = exists().where(
        Announcement.campaign_id == campaign_id,
        Announcement.clip.is_(None),
        Announcement.state != _S.WITHDRAWN,
    )
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.recorded_at.is_(None), ~waiting)
        .values(recorded_at=now)
        .execution_options(synchronize_session=False)
    )
