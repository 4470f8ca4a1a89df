"""The sweeps: what must happen again and again, whoever does it.

Each is idempotent, safe to run twice at once, and won through its row of ``duty``,
so that any number of beats may tick. Work that takes long is only hinted at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from campaigns.delivery import (
    finishing,
    gating,
    numbers,
    polling,
    progress,
    reconciling,
    silence,
    squashing,
    trials,
)
from campaigns.delivery.duty import win
from campaigns.delivery.models import Receipt
from campaigns.fieldwork import ladder, replies, visits
from campaigns.planning import emergency
from campaigns.reporting import over_time
from campaigns.reporting.daily import reminding
from outreach import audit, disk, retention
from outreach.wiring import Wiring

_log = logging.getLogger(__name__)
_NO_RECEIPT_BATCH = 2000
_VISIT_BATCHES = 5
_UNSIGNED = "unsigned"

Hint = Callable[[str, int | None], None]
"""Sends a hint to the task of that name, with a row's id where it needs one."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep: how often, what it does, and whether it changes the database itself."""

    every: timedelta
    work: Callable[[Session, datetime, Hint], None]
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """A sweep that opens transactions of its own, for files lie beside the rows."""

    every: timedelta
    work: Callable[[Wiring], object]


OWN = {
    "room": Own(timedelta(minutes=1), disk.keep_room),
    "retention": Own(timedelta(hours=1), retention.keep),
}


def sweep(wiring: Wiring, hint: Hint) -> list[str]:
    """Do every sweep that is due; return their names.

    One that fails is logged and tried again when it is due next; the others go on.
    """
    every = {name: each.every for name, each in SWEEPS.items()}
    every |= {name: each.every for name, each in OWN.items()}
    with wiring.database.writing() as session:
        won = win(session, every, wiring.clock())
    for name in won:
        try:
            if name in OWN:
                OWN[name].work(wiring)
            else:
                _do(wiring, SWEEPS[name], hint)
        except Exception:  # noqa: BLE001 - one sweep must not stop the others
            _log.exception("sweep %s failed", name)
    return won


def _do(wiring: Wiring, sweep: Sweep, hint: Hint) -> None:
    # A reader waits for nobody: on SQLite a writer would wait for the lanes.
    database = wiring.database
    with database.writing() if sweep.changes else database.reading() as session:
        sweep.work(session, wiring.clock(), hint)


def _launch(session: Session, now: datetime, hint: Hint) -> None:
    for campaign_id in finishing.to_launch(session, now):
        hint("launch", campaign_id)


def _send(session: Session, now: datetime, hint: Hint) -> None:
    for campaign_id in finishing.due_campaigns(session, now):
        hint("send", campaign_id)


def _record(session: Session, _: datetime, hint: Hint) -> None:
    for campaign_id in finishing.to_record(session):
        hint("record", campaign_id)


def _try(session: Session, now: datetime, hint: Hint) -> None:
    for trial_id in trials.waiting(session, now):
        hint("try", trial_id)


def _receive(session: Session, now: datetime, hint: Hint) -> None:
    waiting = exists().where(Receipt.applied_at.is_(None), Receipt.retry_at <= now)
    if session.scalar(select(waiting)):
        hint("apply", None)


def _squash(session: Session, _: datetime, __: Hint) -> None:
    squashing.squash(session)


def _expire(session: Session, now: datetime, _: Hint) -> None:
    reconciling.expire(session, now)


def _reconcile(session: Session, now: datetime, hint: Hint) -> None:
    if reconciling.anything_to_ask(session, now):
        hint("reconcile", None)


def _poll(session: Session, now: datetime, hint: Hint) -> None:
    if polling.anything_to_poll(session, now):
        hint("poll", None)


def _gate(session: Session, now: datetime, _: Hint) -> None:
    for campaign_id in finishing.to_gate(session, now):
        gating.gate(session, campaign_id, now)


def _no_receipt(session: Session, now: datetime, _: Hint) -> None:
    for campaign_id in finishing.unfinished(session):
        silence.no_receipt(session, campaign_id, now, _NO_RECEIPT_BATCH)


def _note(session: Session, now: datetime, _: Hint) -> None:
    over_time.note_all(session, now)


def _finish(session: Session, now: datetime, _: Hint) -> None:
    for campaign_id in finishing.unfinished(session):
        finishing.finish(session, campaign_id, now)


def _climb(session: Session, now: datetime, hint: Hint) -> None:
    if ladder.climb(session, now).queued:
        for campaign_id in finishing.due_campaigns(session, now):
            hint("send", campaign_id)


def _raise(session: Session, now: datetime, _: Hint) -> None:
    replies.raise_overdue(session, now)


def _remind(session: Session, now: datetime, _: Hint) -> None:
    reminding.remind_missing(session, now)


def _visit(session: Session, now: datetime, _: Hint) -> None:
    for _batch in range(_VISIT_BATCHES):
        if not visits.open_visits(session, now):
            return


def _numbers(session: Session, now: datetime, _: Hint) -> None:
    numbers.read_campaigns(session, now)


def _unsigned(session: Session, now: datetime, _: Hint) -> None:
    """Twelve hours without a second signature stand in the record of deeds."""
    for one in emergency.unsigned(session, now):
        subject = f"campaign:{one.campaign.id}"
        if one.late and not audit.latest(session, 1, action=_UNSIGNED, subject=subject):
            audit.note(session, _UNSIGNED, subject, result="unsigned", now=now)


def _hear(session: Session, now: datetime, _: Hint) -> None:
    visits.hear(session, now)


def _watch(session: Session, now: datetime, _: Hint) -> None:
    for campaign_id in progress.stalled(session, now):
        _log.error("campaign %s has messages due and nobody sends them", campaign_id)


def _only_hint(name: str) -> Callable[[Session, datetime, Hint], None]:
    return lambda _session, _now, hint: hint(name, None)


SWEEPS: dict[str, Sweep] = {
    "launch": Sweep(timedelta(seconds=1), _launch),
    "send": Sweep(timedelta(seconds=2), _send),
    "record": Sweep(timedelta(seconds=10), _record),
    "try": Sweep(timedelta(seconds=5), _try),
    "receive": Sweep(timedelta(seconds=1), _receive),
    "squash": Sweep(timedelta(seconds=3), _squash, changes=True),
    "expire": Sweep(timedelta(seconds=5), _expire, changes=True),
    "reconcile": Sweep(timedelta(seconds=15), _reconcile),
    "poll": Sweep(timedelta(minutes=5), _poll),
    "gate": Sweep(timedelta(seconds=5), _gate, changes=True),
    "no_receipt": Sweep(timedelta(minutes=10), _no_receipt, changes=True),
    "progress": Sweep(timedelta(seconds=5), _note),
    "climb": Sweep(timedelta(seconds=30), _climb, changes=True),
    "raise": Sweep(timedelta(minutes=1), _raise, changes=True),
    "remind": Sweep(timedelta(minutes=1), _remind, changes=True),
    "visit": Sweep(timedelta(seconds=10), _visit, changes=True),
    "numbers": Sweep(timedelta(minutes=1), _numbers, changes=True),
    "unsigned": Sweep(timedelta(minutes=5), _unsigned, changes=True),
    "hear": Sweep(timedelta(minutes=1), _hear, changes=True),
    "watch": Sweep(timedelta(seconds=30), _watch),
    "balance": Sweep(timedelta(minutes=10), _only_hint("balance")),
    "tell": Sweep(timedelta(minutes=1), _only_hint("tell")),
    "finish": Sweep(timedelta(seconds=5), _finish, changes=True),
}
