"""Many campaigns side by side: a few statements for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union_all
from sqlalchemy.orm import Session

from campaigns.delivery.models import Tally, TallyDelta
from campaigns.delivery.outcomes import Sorter
from campaigns.delivery.tally import Cell
from campaigns.planning.models import Campaign
from campaigns.reporting.people import People
from campaigns.reporting.villages import Villages, villages_of_each
from campaigns.vocabulary import PERSON


@dataclass(frozen=True, slots=True)
class Overview:
    """One campaign's people, as ``CampaignStatistics.everybody``, and its villages."""

    everybody: People
    villages: Villages


def overviews(
    session: Session, campaign_ids: Iterable[int], place: str = ""
) -> dict[int, Overview]:
    """By campaign id; ``place`` is a township's code, empty for the whole county."""
    ids = list(campaign_ids)
    villages = villages_of_each(session, ids, place)
    return {
        number: Overview(everybody, villages.get(number, Villages()))
        for number, everybody in people_of(session, ids, place).items()
    }


def people_of(
    session: Session, campaign_ids: Iterable[int], place: str = ""
) -> dict[int, People]:
    """The people of each campaign alone, as its overview has them."""
    ids = list(campaign_ids)
    campaigns = session.scalars(select(Campaign).where(Campaign.id.in_(ids)))
    sorters = {campaign.id: Sorter(campaign) for campaign in campaigns}
    kinds: dict[int, Counter[str]] = {number: Counter() for number in sorters}
    for number, state, reason, n in session.execute(_people(ids, place)):
        cell = Cell(number, place, 0, PERSON, state, reason)
        kinds[number][sorters[number].kind(cell)] += n
    return {number: People(**found) for number, found in kinds.items()}


def _people(ids: list[int], place: str) -> CompoundSelect[Any]:
    """Persons by campaign, best state and reason; the database adds them up."""
    return union_all(
        *(
            select(t.campaign_id, t.state, t.reason, func.sum(t.n))
            .where(t.campaign_id.in_(ids), t.channel == PERSON)
            .where(*([t.township == place] if place else []))
            .group_by(t.campaign_id, t.state, t.reason)
            for t in (Tally, TallyDelta)
        )
    )
