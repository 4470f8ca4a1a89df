"""Queue housekeeping: the tick that finds all work if every other hint is lost."""

from __future__ import annotations

from outreach import alarms, balances, enquiring, lanes, sweeping
from outreach.wiring import current
from outreach.worker import celery

_HINTS = {
    "launch": ("outreach.tasks.launching.launch", 10),
    "send": ("outreach.tasks.sending.send", 10),
    "record": ("outreach.tasks.recording.record", 30),
    "apply": ("outreach.tasks.receiving.apply", 10),
    "reconcile": ("outreach.tasks.housekeeping.reconcile", 15),
    "try": ("outreach.tasks.sending.try_out", 10),
    "poll": ("outreach.tasks.housekeeping.poll", 60),
    "balance": ("outreach.tasks.housekeeping.balance", 60),
    "tell": ("outreach.tasks.housekeeping.tell", 30),
}


def _hint(name: str, campaign_id: int | None) -> None:
    task, seconds = _HINTS[name]
    arguments = [] if campaign_id is None else [campaign_id]
    celery.send_task(task, arguments, expires=seconds)


@celery.task
def tick() -> None:
    """Take over from the dead of this machine, and do the sweeps that are due."""
    lanes.take_over(current())
    sweeping.sweep(current(), _hint)


@celery.task
def reconcile() -> None:
    """Ask providers about messages in doubt."""
    enquiring.reconcile(current())


@celery.task
def poll() -> None:
    """Ask providers for reports that never came."""
    enquiring.poll(current())


@celery.task
def balance() -> None:
    """Ask providers what is left on their accounts."""
    balances.ask(current())


@celery.task
def tell() -> None:
    """Tell what is not well, or is well again."""
    alarms.tell(current())
