"""Queue send: serve one campaign for some seconds, and say so if more is due."""

from __future__ import annotations

from campaigns.delivery.finishing import is_due
from outreach import lanes, trying
from outreach.wiring import current
from outreach.worker import celery


@celery.task
def send(campaign_id: int) -> None:
    """Send what is due of ``campaign_id``."""
    wiring = current()
    if lanes.send(wiring, campaign_id):
        with wiring.database.reading() as session:
            due = is_due(session, campaign_id, wiring.clock())
        if due:
            send.delay(campaign_id)


@celery.task
def try_out(trial_id: int) -> None:
    """Send a text to its author's own phone."""
    trying.send(current(), trial_id)
