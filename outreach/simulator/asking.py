"""Asking the simulated carrier what it did, and telling it how to behave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from outreach.settings import Settings

_PAGE = 5_000
_SECONDS = 30.0


def _client(settings: Settings) -> httpx.Client:
    secret = settings.simulator_secret.get_secret_value()
    return httpx.Client(
        base_url=settings.simulator_address,
        auth=(settings.simulator_account, secret),
        timeout=_SECONDS,
        trust_env=False,
    )


def summary(settings: Settings) -> dict[str, Any]:
    """Counts: ``accepted``, ``statuses``, ``same_token_twice``, ``pending_receipts``.

    ``sounds`` are clips that calls played, by the HTTP status of fetching them.

    Raises httpx.HTTPError where the carrier does not answer.
    """
    with _client(settings) as client:
        found: dict[str, Any] = client.get("/ledger/summary").raise_for_status().json()
    return found


def ledger(settings: Settings) -> Iterator[Mapping[str, Any]]:
    """All entries, oldest first: id, sid, to, token, body_sha256, at, status, code."""
    after = 0
    with _client(settings) as client:
        while True:
            asked = {"after": after, "limit": _PAGE}
            answer = client.get("/ledger", params=asked).raise_for_status()
            page = answer.json()["entries"]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1]["id"]


def behave(settings: Settings, **changed: Any) -> None:  # noqa: ANN401
    """Change fields of the carrier's ``Behaviour``, faults among them."""
    with _client(settings) as client:
        client.post("/faults", json=changed).raise_for_status()


def clear(settings: Settings) -> None:
    """Let the carrier forget all messages."""
    with _client(settings) as client:
        client.delete("/ledger").raise_for_status()
