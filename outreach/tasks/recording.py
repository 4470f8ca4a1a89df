"""Queue record: clips of loudspeaker texts, in a process of its own."""

from __future__ import annotations

from outreach import previews, recording
from outreach.wiring import current
from outreach.worker import celery


@celery.task
def record(campaign_id: int) -> None:
    """Record a campaign's clips and pack them for its villages."""
    recording.record_campaign(current(), campaign_id)


@celery.task
def record_preview(version_id: int, township: str) -> None:
    """Record how a bulletin version will sound, for whoever must listen to it."""
    previews.record(current(), version_id, township)
