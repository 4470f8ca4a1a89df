"""A campaign's figures, read from the tally: they cost the same at any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from sqlalchemy.orm import Session

from campaigns.bulletins.sms_length import price
from campaigns.delivery import tally
from campaigns.delivery.outcomes import Sorter, owes_visits
from campaigns.delivery.tally import Cell
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.register.unit import current_unit
from campaigns.reporting.people import Figures, People, of_channel, people_by
from campaigns.reporting.villages import Villages, together, villages_by_township
from campaigns.vocabulary import (
    COPY,
    CampaignState,
    Category,
    Channel,
    MessageState,
    Reason,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Messages that share a state and a reason."""

    state: MessageState
    reason: Reason
    n: int


@dataclass(frozen=True, slots=True)
class CampaignStatistics:
    """Figures of one campaign.

    ``messages`` count by state name, such as ``delivered``: SMS to people's own
    phones, which add up to the audience, ``copies`` to their guardians, ``calls`` to
    people, ``alerts`` to villages' duty people; ``reasons`` and ``call_reasons`` say
    why. ``everybody`` is the partition of the audience, ``outcome``
    its five parts without any that waits, ``by_township``, ``by_category`` and
    ``heat`` the same by place code, category and both; ``small_cells`` leaves figures
    out of these three. ``parts`` are billed parts of
    people's texts, ``parts_by_township`` these and the alerts', at ``part_price``
    thousandths of a yuan, and ``cost`` yuan for all of them.
    """

    campaign_id: int
    name: str
    urgency: Urgency
    status: CampaignState
    channels: tuple[str, ...]
    as_of: datetime | None
    launched_at: datetime | None
    messages: dict[str, int]
    copies: dict[str, int]
    calls: dict[str, int]
    alerts: dict[str, int]
    reasons: tuple[ReasonRow, ...]
    call_reasons: tuple[ReasonRow, ...]
    everybody: People
    outcome: dict[str, int]
    by_township: Mapping[str, People | Figures]
    by_category: Mapping[Category, People | Figures]
    heat: Mapping[tuple[str, Category], People | Figures]
    villages: Villages
    villages_by_township: dict[str, Villages]
    parts: int
    alert_parts: int
    parts_by_township: Mapping[str, int]
    part_price: int
    cost: Decimal

    @property
    def audience(self) -> int:
        """Persons; the states of ``messages`` add up to it."""
        return self.everybody.audience

    @property
    def reached(self) -> int:
        """Persons reached, both addends."""
        return self.everybody.reached

    @property
    def people(self) -> dict[str, int]:
        """The partition of the audience by name, and ``reached`` beside its addends."""
        names = (*People.__slots__, "reached")
        return {name: getattr(self.everybody, name) for name in names}

    @property
    def submitted(self) -> int:
        """Messages that the provider took: 提交条数."""
        return _taken(self.messages) + _taken(self.copies)

    @property
    def taken(self) -> int:
        """People of whose own texts the provider took one."""
        return _taken(self.messages)

    @property
    def called(self) -> int:
        """Calls that the provider placed."""
        return _taken(self.calls)

    @property
    def answered(self) -> int:
        """Calls that a person answered, ``pressed`` of them with the key."""
        return self.calls.get("delivered", 0)

    @property
    def pressed(self) -> int:
        """Calls during which somebody pressed the key: they have heard."""
        return sum(row.n for row in self.call_reasons if row.reason is Reason.MET)

    @property
    def delivered(self) -> int:
        """Messages that a phone reported."""
        return self.messages.get("delivered", 0) + self.copies.get("delivered", 0)

    @property
    def to_guardians(self) -> int:
        """Texts that go, or went, to guardians beside or in place of a person's own."""
        return sum(self.copies.values()) - self.copies.get("skipped", 0)

    @property
    def delivery_rate(self) -> float | None:
        """Delivered ÷ submitted messages; None before anything is submitted."""
        return self.delivered / self.submitted if self.submitted else None

    @property
    def skipped(self) -> dict[Reason, int]:
        """Why no message of their own went to people, most frequent first."""
        return {
            row.reason: row.n
            for row in self.reasons
            if row.state is MessageState.SKIPPED
        }


class _Partition(TypedDict):
    everybody: People
    outcome: dict[str, int]
    by_township: dict[str, People]
    by_category: dict[Category, People]
    heat: dict[tuple[str, Category], People]


def campaign_statistics(
    session: Session, campaign_id: int, *, now: datetime | None = None
) -> CampaignStatistics:
    """Read the figures as they are; ``now`` is printed as their cut-off.

    Raises NotFound.
    """
    campaign = get_campaign(session, campaign_id)
    cells = tally.figures(session, campaign_id)
    parts = _parts(cells)
    townships = villages_by_township(session, campaign_id)
    price_of_part = current_unit(session).part_price
    return CampaignStatistics(
        campaign_id=campaign.id,
        name=campaign.name,
        urgency=campaign.urgency,
        status=campaign.status,
        channels=tuple(campaign.channels),
        as_of=now,
        launched_at=campaign.launched_at,
        messages=_by_state(cells, Channel.SMS),
        copies=_by_state(cells, COPY),
        calls=_by_state(cells, Channel.VOICE),
        alerts=_by_state(cells, Channel.ALERT),
        reasons=_reasons(cells, Channel.SMS),
        call_reasons=_reasons(cells, Channel.VOICE),
        **_people(campaign, cells),
        villages=together(townships),
        villages_by_township=townships,
        parts=parts[Channel.SMS],
        alert_parts=parts[Channel.ALERT],
        parts_by_township=_parts(cells, "township"),
        part_price=price_of_part,
        cost=price(parts.total(), price_of_part),
    )


def _by_state(cells: Mapping[Cell, int], channel: str) -> dict[str, int]:
    sums: Counter[int] = Counter()
    for cell, n in of_channel(cells, channel):
        sums[cell.state] += n
    return {MessageState(state).name.lower(): sums[state] for state in sorted(sums)}


def _taken(states: Mapping[str, int]) -> int:
    billed = (state for state in MessageState if tally.billed(state))
    return sum(states.get(state.name.lower(), 0) for state in billed)


def _reasons(cells: Mapping[Cell, int], channel: str) -> tuple[ReasonRow, ...]:
    sums: Counter[tuple[int, str]] = Counter()
    for cell, n in of_channel(cells, channel):
        if cell.reason:
            sums[cell.state, cell.reason] += n
    return tuple(
        ReasonRow(MessageState(state), Reason(reason), n)
        for (state, reason), n in sums.most_common()
    )


def _parts(cells: Mapping[Cell, int], by: str = "reason") -> Counter[str]:
    """Billed parts by channel, which stands as the reason, or by township."""
    sums: Counter[str] = Counter()
    for cell, n in of_channel(cells, tally.PARTS):
        sums[getattr(cell, by)] += n
    return sums


def _people(campaign: Campaign, cells: Mapping[Cell, int]) -> _Partition:
    sorter = Sorter(campaign)
    heat = people_by(cells, sorter, "township", "category")
    places = people_by(cells, sorter, "township")
    categories = people_by(cells, sorter, "category")
    everybody = people_by(cells, sorter).get((), People())
    return {
        "everybody": everybody,
        "outcome": everybody.outcome(visits=owes_visits(campaign)),
        "by_township": {str(place): people for (place,), people in places.items()},
        "by_category": {Category(it): people for (it,), people in categories.items()},
        "heat": {
            (str(place), Category(category)): people
            for (place, category), people in heat.items()
        },
    }
