"""The board of an emergency: each village's last sign of life, the oldest on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message, Recipient
from campaigns.delivery.outcomes import STILL_OWED, any_of, of_kinds
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import Need, Visit, VisitMissed
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.register.scope import Scope
from campaigns.vocabulary import Addressee, Channel, NeedKind, Reason


@dataclass(frozen=True, slots=True)
class VillageRow:
    """One village: told, playing, doors done of all, people safe, cars needed.

    ``people`` are those of the audience, ``safe`` who spoke or were met, ``left`` who
    still must be found. ``heard_at`` is the last sign from the village, None for none.
    """

    village: str
    name: str
    told_at: datetime | None
    answer: str | None
    playing: bool
    doors: int
    doors_done: int
    people: int
    safe: int
    left: int
    cars: int
    heard_at: datetime | None


def board(session: Session, campaign: Campaign, scope: Scope) -> list[VillageRow]:
    """Every village of the campaign within ``scope``; the longest silent first."""
    places = session.execute(
        select(Place, Announcement)
        .join(Announcement, Announcement.village == Place.code)
        .where(Announcement.campaign_id == campaign.id, *scope.where_place())
    )
    doors, people = _doors(session, campaign), _people(session, campaign)
    cars = _cars(session, campaign)
    rows = [
        _row(place, said, doors.get(place.code), people.get(place.code), cars)
        for place, said in places
    ]
    return sorted(rows, key=_silence)


def leaders_told(session: Session, campaign: Campaign) -> list[tuple[str, int]]:
    """Whose leader on call was told of silent villages, and the state of the text."""
    rows = session.execute(
        select(Place.name, Message.state)
        .join(Place, Place.code == Message.village)
        .where(
            Message.campaign_id == campaign.id,
            Message.channel == Channel.ALERT,
            Message.addressee == Addressee.LEADER,
        )
        .order_by(Place.code)
    )
    return [(name, state) for name, state in rows]


def _silence(row: VillageRow) -> tuple[bool, bool, Any, str]:
    """Never heard first, then the longest silent; who has nobody left comes last."""
    done = row.people > 0 and row.left == 0
    return (done, row.heard_at is not None, row.heard_at or row.told_at, row.village)


def _row(
    place: Place,
    said: Announcement,
    doors: Any,  # noqa: ANN401 - a row or None
    people: Any,  # noqa: ANN401 - a row or None
    cars: Mapping[str | None, int],
) -> VillageRow:
    signs = (
        said.answered_at,
        said.downloaded_at,
        said.played_at,
        doors.tried_at if doors else None,
    )
    return VillageRow(
        village=place.code,
        name=place.name,
        told_at=said.alerted_at,
        answer=said.answer,
        playing=said.played_at is not None,
        doors=doors.n if doors else 0,
        doors_done=doors.done if doors else 0,
        people=people.n if people else 0,
        safe=people.safe if people else 0,
        left=people.left if people else 0,
        cars=cars.get(place.code, 0),
        heard_at=max((sign for sign in signs if sign), default=None),
    )


def _doors(session: Session, campaign: Campaign) -> dict[str | None, Any]:
    done = func.sum(case((Visit.closed_at.is_not(None), 1), else_=0)).label("done")
    tried = func.max(Visit.tried_at).label("tried_at")
    rows = session.execute(
        select(Visit.village, func.count().label("n"), done, tried)
        .join(VisitMissed, VisitMissed.visit_id == Visit.id)
        .where(VisitMissed.campaign_id == campaign.id)
        .group_by(Visit.village)
    )
    return {row.village: row for row in rows}


def _people(session: Session, campaign: Campaign) -> dict[str | None, Any]:
    met = Recipient.reason.in_((Reason.MET, Reason.FAMILY_MET))
    left = any_of(of_kinds(session, campaign, STILL_OWED))
    rows = session.execute(
        select(
            Recipient.village,
            func.count().label("n"),
            func.sum(case((met, 1), else_=0)).label("safe"),
            func.sum(case((left, 1), else_=0)).label("left"),
        )
        .where(Recipient.campaign_id == campaign.id)
        .group_by(Recipient.village)
    )
    return {row.village: row for row in rows}


def _cars(session: Session, campaign: Campaign) -> dict[str | None, int]:
    ours = select(VisitMissed.visit_id).where(VisitMissed.campaign_id == campaign.id)
    rows = session.execute(
        select(Need.village, func.count())
        .where(
            Need.kind == NeedKind.CAR,
            Need.closed_at.is_(None),
            Need.visit_id.in_(ours),
        )
        .group_by(Need.village)
    )
    return dict(rows.all())
