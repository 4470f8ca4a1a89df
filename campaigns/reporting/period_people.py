"""The whole register in a response period: five outcomes, everybody in one of them.

A person counts as what the best of the period's campaigns, or any evidence, made of
them; the rule for one campaign is the same that its own report uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    case,
    exists,
    false,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from campaigns.delivery.models import Recipient, Tally, TallyDelta
from campaigns.delivery.outcomes import any_of, pairs_of
from campaigns.delivery.tally import CELL, Cell
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.scope import within
from campaigns.reporting.contacts import evidence
from campaigns.reporting.people import OUTCOMES, REACHED
from campaigns.vocabulary import PERSON, MemberStatus, Urgency

_OWED = ("to_visit", "waiting")


def period_outcome(
    session: Session, place: str, campaigns: Sequence[int], since: datetime
) -> dict[str, int]:
    """The register of ``place`` by ``OUTCOMES``; together they are everybody on it.

    ``attempted`` is whoever is owed no visit and was not reached, or not written to.
    """
    began = session.scalars(select(Campaign).where(Campaign.id.in_(campaigns)))
    cells = _cells(session, campaigns)
    ours = {each: cells[each.id] for each in began}
    owed = {each: own for each, own in ours.items() if each.urgency is not Urgency.TIP}
    open_visit = exists().where(Visit.member_id == Member.id, Visit.closed_at.is_(None))
    kind = case(
        (Member.status != MemberStatus.ACTIVE, "not_applicable"),
        (Member.id.in_(evidence(since)), "reached"),
        (_among(ours, REACHED), "reached"),
        (_among(ours, ["not_applicable"]), "not_applicable"),
        (_among(ours, ["refused"]), "refused"),
        (or_(open_visit, _among(owed, _OWED)), "to_visit"),
        else_="attempted",
    )
    found = session.execute(
        select(kind, func.count()).where(within(place)).group_by(kind)
    )
    return {**dict.fromkeys(OUTCOMES, 0), **dict(found.all())}


def _cells(session: Session, campaigns: Sequence[int]) -> Mapping[int, set[Cell]]:
    """Which cells of people each campaign has, by one statement for all of them."""
    both = union(
        *(
            select(*(getattr(table, name) for name in CELL)).where(
                table.campaign_id.in_(campaigns), table.channel == PERSON
            )
            for table in (Tally, TallyDelta)
        )
    )
    found: dict[int, set[Cell]] = defaultdict(set)
    for row in session.execute(both):
        cell = Cell(*row)
        found[cell.campaign_id].add(cell)
    return found


def _among(
    ours: Mapping[Campaign, set[Cell]], kinds: Iterable[str]
) -> ColumnElement[bool]:
    """Whether a member is one of these kinds in any of the campaigns.

    A campaign without a cell of these kinds is not asked about each person.
    """
    found = {each.id: pairs_of(cells, each, kinds) for each, cells in ours.items()}
    conditions = [
        Member.id.in_(
            select(Recipient.member_id).where(
                Recipient.campaign_id == campaign_id, any_of(pairs)
            )
        )
        for campaign_id, pairs in found.items()
        if pairs
    ]
    return or_(false(), *conditions)
