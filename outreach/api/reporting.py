"""A campaign's figures, for the same readers as the report's page."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.errors import mark
from outreach.access import Action
from outreach.api import shapes
from outreach.api.operations import operation
from outreach.web.campaign_check import found
from outreach.web.reporting import shown


@operation(
    "get",
    "/campaigns/{campaign_id}/statistics",
    Action.READ_REPORTS,
    mark("看统计（人数）"),
    answers=shapes.Statistics,
)
def read_statistics(session: Session, campaign_id: int) -> shapes.Statistics:
    """Persons, messages, villages and cost, as the tally stands."""
    found(session, campaign_id)
    told = shown(session, campaign_id)
    return shapes.Statistics(
        campaign_id=told.campaign_id,
        status=told.status,
        audience=told.audience,
        reached=told.reached,
        people=told.people,
        messages=told.messages,
        skipped={reason.value: n for reason, n in told.skipped.items()},
        by_township={
            place: {"audience": people.audience, "reached": people.reached}
            for place, people in told.by_township.items()
        },
        villages_due=told.villages.due,
        villages_played=told.villages.played,
        parts=told.parts,
        cost=str(told.cost),
    )
