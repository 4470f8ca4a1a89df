"""Queue record: clips of loudspeaker texts, in a process of its own."""

from __future__ import annotations

from outreach import call_recording, previews, recording
from outreach.wiring import current
from outreach.worker import celery


@celery.task
def record(campaign_id: int) -> None:
    """Record what a campaign's calls play, then its villages' clips, and pack these."""
    call_recording.record_calls(current(), campaign_id)
    recording.record_campaign(current(), campaign_id)


@celery.task
def record_preview(version_id: int, township: str, calls: bool = False) -> None:  # noqa: FBT001, FBT002 - JSON
    """Record how a bulletin version will sound, for whoever must listen to it."""
    previews.record(current(), version_id, township, calls=calls)
