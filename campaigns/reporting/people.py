"""What became of people: a partition of the audience, never a count of messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.delivery.tally import Cell
from campaigns.planning.models import Campaign
from campaigns.vocabulary import (
    PERSON,
    CampaignState,
    Channel,
    MessageState,
    Reason,
    Urgency,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING, EVENING = 7, 20
_ENDED = (CampaignState.FINISHED, CampaignState.CANCELLED)


@dataclass(frozen=True, slots=True)
class People:
    """Persons; all fields together are the audience.

    ``reached``: delivered to a phone that this person can use (``contacted``, by a
    reply, a call or a visit, is its second addend and nought until those are kept).
    ``to_visit`` only where a visit is owed, ``attempted`` where it is a tip.
    ``waiting`` is still open.
    """

    delivered_suitable: int = 0
    contacted: int = 0
    to_visit: int = 0
    attempted: int = 0
    refused: int = 0
    not_applicable: int = 0
    waiting: int = 0

    @property
    def audience(self) -> int:
        """Everybody."""
        return sum(getattr(self, field.name) for field in fields(self))

    @property
    def reached(self) -> int:
        """Both addends."""
        return self.delivered_suitable + self.contacted

    @property
    def rate(self) -> float | None:
        """Reached ÷ audience; None for nobody."""
        return self.reached / self.audience if self.audience else None


KINDS = tuple(field.name for field in fields(People))


class Sorter:
    """Puts each person cell of one campaign into one of ``KINDS``."""

    def __init__(self, campaign: Campaign) -> None:
        tip = campaign.urgency is Urgency.TIP
        texts = Channel.SMS in campaign.channels
        self._missed = "attempted" if tip else "to_visit"
        self._open = (
            "waiting" if texts and campaign.status not in _ENDED else self._missed
        )
        self._delivered = self._missed if at_night(campaign) else "delivered_suitable"

    def kind(self, cell: Cell) -> str:
        """Which of ``KINDS`` the people of ``cell`` are."""
        if cell.reason == Reason.OPTED_OUT:
            return "refused"
        if cell.reason == Reason.INACTIVE:
            return "not_applicable"
        if cell.state < MessageState.NO_RECEIPT:
            return self._open
        suits = cell.state == MessageState.DELIVERED and cell.reason == Reason.NONE
        return self._delivered if suits else self._missed


def at_night(campaign: Campaign) -> bool:
    """Whether it is an emergency begun at night: a text wakes nobody.

    Then only a reply, an answered call or a visit counts.
    """
    begun = campaign.launched_at
    if campaign.urgency is not Urgency.EMERGENCY or begun is None:
        return False
    return not MORNING <= begun.astimezone(SHANGHAI).hour < EVENING


def people_by(
    cells: Mapping[Cell, int], sorter: Sorter, *columns: str
) -> dict[tuple[Any, ...], People]:
    """People by the cells' ``columns``, such as township and category, in order."""
    counts: dict[tuple[Any, ...], Counter[str]] = {}
    for cell, n in of_channel(cells, PERSON):
        key = tuple(getattr(cell, column) for column in columns)
        counts.setdefault(key, Counter())[sorter.kind(cell)] += n
    return {key: People(**counts[key]) for key in sorted(counts)}


def of_channel(cells: Mapping[Cell, int], channel: str) -> Iterable[tuple[Cell, int]]:
    """The cells of one channel with their counts."""
    return ((cell, n) for cell, n in cells.items() if cell.channel == channel)
