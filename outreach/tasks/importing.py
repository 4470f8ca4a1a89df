"""Queue launch: check an uploaded roster, take in what is right of it, or back."""

from __future__ import annotations

from outreach import intake
from outreach.wiring import current
from outreach.worker import celery


@celery.task
def check(import_id: int) -> None:
    """Check the file of an import."""
    intake.check(current(), import_id)


@celery.task
def take_in(import_id: int) -> None:
    """Take in the right rows; doing it again finishes what was left over."""
    intake.take_in(current(), import_id)


@celery.task
def undo(import_id: int) -> None:
    """Take an import back; doing it again finishes what was left over."""
    intake.undo(current(), import_id)
