"""Queue housekeeping: apply what providers reported."""

from __future__ import annotations

from outreach import receiving
from outreach.wiring import current
from outreach.worker import celery


@celery.task
def apply() -> None:
    """Apply waiting reports for some seconds."""
    receiving.apply(current())
