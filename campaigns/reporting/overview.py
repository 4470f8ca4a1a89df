"""Many campaigns side by side: a few statements for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, func, select, union_all
from sqlalchemy.orm import Session

from campaigns.bulletins.sms_length import price
from campaigns.delivery import tally
from campaigns.delivery.models import Tally, TallyDelta
from campaigns.delivery.outcomes import Sorter
from campaigns.delivery.tally import Cell
from campaigns.planning.models import Campaign
from campaigns.register.unit import current_unit
from campaigns.reporting.people import People
from campaigns.reporting.villages import Villages, together, villages_of_each
from campaigns.vocabulary import PERSON, Channel


@dataclass(frozen=True, slots=True)
class Overview:
    """One campaign's figures as its ``CampaignStatistics`` has them, or several's sum.

    ``everybody`` are its people, ``messages`` what the provider took (``submitted``),
    ``parts`` the billed parts of people's texts, ``cost`` yuan with the alerts' too.
    """

    everybody: People
    villages: Villages
    messages: int
    parts: int
    cost: Decimal


def overviews(
    session: Session, campaign_ids: Iterable[int], place: str = ""
) -> dict[int, Overview]:
    """By campaign id; ``place`` is a township's code, empty for the whole county."""
    ids = list(campaign_ids)
    villages = villages_of_each(session, ids, place)
    part_price = current_unit(session).part_price
    channels = (PERSON, tally.PARTS, *tally.TEXTS)
    kinds, texts = _counted(session, ids, place, channels)
    return {
        number: Overview(
            People(**found),
            villages.get(number, Villages()),
            texts[number]["messages"],
            texts[number][Channel.SMS],
            price(
                texts[number][Channel.SMS] + texts[number][Channel.ALERT], part_price
            ),
        )
        for number, found in kinds.items()
    }


def people_of(
    session: Session, campaign_ids: Iterable[int], place: str = ""
) -> dict[int, People]:
    """The people of each campaign alone, as its overview has them."""
    kinds, _ = _counted(session, list(campaign_ids), place, (PERSON,))
    return {number: People(**found) for number, found in kinds.items()}


def summed(found: Iterable[Overview]) -> Overview:
    """Several campaigns added up: who is in two of them counts in both.

    ``cost`` is the sum of what is shown of each, so that a column adds up.
    """
    every = list(found)
    people = {
        field.name: sum(getattr(one.everybody, field.name) for one in every)
        for field in fields(People)
    }
    return Overview(
        People(**people),
        together({str(n): one.villages for n, one in enumerate(every)}),
        sum(one.messages for one in every),
        sum(one.parts for one in every),
        sum((one.cost for one in every), Decimal()),
    )


_Counts = Mapping[int, Counter[str]]


def _counted(
    session: Session, ids: list[int], place: str, channels: tuple[str, ...]
) -> tuple[_Counts, _Counts]:
    """Persons by kind, and ``messages`` with the parts of each channel, by campaign."""
    campaigns = session.scalars(select(Campaign).where(Campaign.id.in_(ids)))
    sorters = {campaign.id: Sorter(campaign) for campaign in campaigns}
    kinds: dict[int, Counter[str]] = {number: Counter() for number in sorters}
    texts: dict[int, Counter[str]] = {number: Counter() for number in sorters}
    for number, channel, state, reason, n in session.execute(
        _cells(ids, place, channels)
    ):
        if channel == PERSON:
            cell = Cell(number, place, 0, channel, state, reason)
            kinds[number][sorters[number].kind(cell)] += n
        elif channel == tally.PARTS:
            texts[number][reason] += n
        elif tally.billed(state):
            texts[number]["messages"] += n
    return kinds, texts


def _cells(
    ids: list[int], place: str, channels: tuple[str, ...]
) -> CompoundSelect[Any]:
    """Counts by campaign, channel, state and reason; the database adds them up."""
    return union_all(
        *(
            select(t.campaign_id, t.channel, t.state, t.reason, func.sum(t.n))
            .where(t.campaign_id.in_(ids), t.channel.in_(channels))
            .where(*([t.township == place] if place else []))
            .group_by(t.campaign_id, t.channel, t.state, t.reason)
            for t in (Tally, TallyDelta)
        )
    )
