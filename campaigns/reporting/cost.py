"""What a campaign cost, by the way it went and by township."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from campaigns.bulletins.sms_length import price
from campaigns.reporting.statistics import CampaignStatistics
from campaigns.vocabulary import Channel


class Cost(NamedTuple):
    """Billed parts, and yuan for them."""

    parts: int
    yuan: Decimal


def by_channel(statistics: CampaignStatistics) -> dict[Channel, Cost]:
    """Texts to people, and those that told villages of an announcement.

    What a voice call costs the carrier's bill says, not a count of parts.
    """
    parts = {
        Channel.SMS: statistics.parts,
        Channel.ALERT: statistics.alert_parts,
    }
    return {channel: _cost(statistics, n) for channel, n in parts.items() if n}


def by_township(statistics: CampaignStatistics) -> dict[str, Cost]:
    """By place code; under the empty code those that cannot be told apart.

    These are alerts beyond any township, and townships whose number of people is left
    out: the parts of texts to few people would tell how many they are. Nobody's kind
    can be told from parts: each kind has people with none, one, and a guardian's too.
    """
    told = {
        place: n
        for place, n in statistics.parts_by_township.items()
        if n and _shown(statistics, place)
    }
    rest = sum(statistics.parts_by_township.values()) - sum(told.values())
    parts: Mapping[str, int] = {**told, **({"": rest} if rest else {})}
    return {place: _cost(statistics, n) for place, n in parts.items()}


def _shown(statistics: CampaignStatistics, place: str) -> bool:
    people = statistics.by_township.get(place)
    return people is not None and people.audience is not None


def _cost(statistics: CampaignStatistics, parts: int) -> Cost:
    return Cost(parts, price(parts, statistics.part_price))
