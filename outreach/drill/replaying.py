"""Receipts repeated, reordered and doubled, signed as the carrier signs them."""

from __future__ import annotations

import random
from typing import Any

import httpx

from outreach.settings import Settings
from outreach.simulator import asking
from outreach.simulator.callbacks import signature

_SECONDS = 5.0
_FINAL = {"delivered", "undelivered", "failed"}


def replay(settings: Settings, draw: random.Random, most: int) -> int:
    """Post up to ``most`` true receipts again, the last first; how many were taken."""
    known = [entry for entry in asking.ledger(settings) if entry["callback"]]
    chosen = draw.sample(known, min(most, len(known)))
    key = settings.simulator_secret.get_secret_value().encode()
    taken = 0
    with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
        for entry in chosen:
            for status in _story(entry["status"]):
                form = form_of(settings.simulator_account, entry, status)
                seal = signature(key, entry["callback"], form)
                headers = {"X-Twilio-Signature": seal}
                answer = client.post(entry["callback"], data=form, headers=headers)
                taken += answer.is_success
    return taken


def _story(status: str) -> list[str]:
    """What may have been reported so far, from the end to the beginning, and again."""
    told = ["sent", "queued"] if status in _FINAL else ["queued"]
    return [status, *told, status]


def form_of(account: str, entry: Any, status: str) -> dict[str, str]:  # noqa: ANN401
    """The fields of one report about an entry of the ledger."""
    form = {
        "AccountSid": account,
        "MessageSid": entry["sid"],
        "MessageStatus": status,
        "To": entry["to"],
    }
    if entry["code"] and status in _FINAL:
        form["ErrorCode"] = str(entry["code"])
    return form
