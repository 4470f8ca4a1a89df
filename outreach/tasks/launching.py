"""Queue launch: freeze a released campaign's audience, then get it going."""

from __future__ import annotations

from campaigns.delivery import launching
from campaigns.fieldwork import alerting
from outreach.tasks.recording import record
from outreach.tasks.sending import send
from outreach.wiring import current
from outreach.worker import celery


@celery.task
def launch(campaign_id: int) -> None:
    """Launch ``campaign_id`` if it is due and nobody did."""
    wiring = current()
    now = wiring.clock()
    with wiring.database.writing() as session:
        launched = launching.launch(session, campaign_id, now)
        if launched:
            alerting.begin(session, campaign_id, now)
    if launched:
        send.delay(campaign_id)
        record.delay(campaign_id)
