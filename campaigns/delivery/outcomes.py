"""What became of a person: the one rule behind every figure and every visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import Session

from campaigns.delivery import tally
from campaigns.delivery.models import Recipient
from campaigns.delivery.people import best_of
from campaigns.delivery.tally import Cell
from campaigns.planning.models import Campaign
from campaigns.shanghai import SHANGHAI
from campaigns.vocabulary import (
    PERSON,
    CampaignState,
    Channel,
    MessageState,
    Reason,
    Urgency,
)

MORNING, EVENING = 7, 20
_VISITS_BEGIN = 8
_CONFIRM_WITHIN = timedelta(minutes=10)
_ENDED = (CampaignState.FINISHED, CampaignState.CANCELLED)
STILL_OWED = ("to_visit", "waiting")
"""Kinds of people to whom somebody must still go, or ring."""

_SAID: dict[str, str] = {
    Reason.MET: "contacted",
    Reason.FAMILY_MET: "family",
    Reason.AWAY: "attempted",
    Reason.DECLINED: "refused",
    Reason.GONE: "not_applicable",
    Reason.INACTIVE: "not_applicable",
}


class Sorter:
    """Puts each person cell of one campaign into one kind.

    The kinds are the fields of ``reporting.people.People``.
    """

    def __init__(self, campaign: Campaign) -> None:
        owes = owes_visits(campaign)
        texts = Channel.SMS in campaign.channels
        self._missed = "to_visit" if owes else "attempted"
        self._open = (
            "waiting" if texts and campaign.status not in _ENDED else self._missed
        )
        self._delivered = self._missed if at_night(campaign) else "delivered_suitable"
        emergency = campaign.urgency is Urgency.EMERGENCY
        self._opted_out = self._missed if emergency else "refused"

    def kind(self, cell: Cell) -> str:
        """What the people of ``cell`` are: what a person said stands before all."""
        if cell.reason in _SAID:
            return _SAID[cell.reason]
        if cell.reason == Reason.OPTED_OUT:
            return self._opted_out
        if cell.state < MessageState.NO_RECEIPT:
            return self._open
        suits = cell.state == MessageState.DELIVERED and cell.reason == Reason.NONE
        return self._delivered if suits else self._missed


def of_kinds(
    session: Session, campaign: Campaign, kinds: Iterable[str]
) -> set[tuple[int, str]]:
    """``best`` and ``reason`` of the people who are of these kinds, from the tally."""
    return pairs_of(tally.figures(session, campaign.id), campaign, kinds)


def pairs_of(
    cells: Iterable[Cell], campaign: Campaign, kinds: Iterable[str]
) -> set[tuple[int, str]]:
    """The same of ``cells`` that were read before."""
    sorter, wanted = Sorter(campaign), set(kinds)
    return {
        (best_of(cell.state), cell.reason)
        for cell in cells
        if cell.channel == PERSON and sorter.kind(cell) in wanted
    }


def any_of(pairs: Iterable[tuple[int, str]]) -> ColumnElement[bool]:
    """The condition on Recipient that picks these pairs; none picks nobody."""
    found = [
        and_(Recipient.best == best, Recipient.reason == reason)
        for best, reason in sorted(pairs)
    ]
    return or_(*found) if found else false()


def owes_visits(campaign: Campaign) -> bool:
    """Whether whoever it misses is visited: never for a tip, or once stopped."""
    stopped = campaign.status is CampaignState.CANCELLED
    return campaign.urgency is not Urgency.TIP and not stopped


def at_night(campaign: Campaign) -> bool:
    """Whether it is an emergency begun at night: a text wakes nobody.

    Then only a reply, an answered call or a visit counts.
    """
    begun = campaign.launched_at
    if campaign.urgency is not Urgency.EMERGENCY or begun is None:
        return False
    return not MORNING <= begun.astimezone(SHANGHAI).hour < EVENING


def confirm_by(campaign: Campaign) -> datetime | None:
    """When whoever has not confirmed is visited: ten minutes, or the next 08:00.

    None for a tip and before the launch.
    """
    begun = campaign.launched_at
    if begun is None or campaign.urgency is Urgency.TIP:
        return None
    if campaign.urgency is Urgency.EMERGENCY:
        return begun + _CONFIRM_WITHIN
    morning = begun.astimezone(SHANGHAI).replace(
        hour=_VISITS_BEGIN, minute=0, second=0, microsecond=0
    )
    return morning if begun < morning else morning + timedelta(days=1)
