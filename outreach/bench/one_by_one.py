"""How it is done elsewhere: one Celery task a message, through the synchronous SDK."""

from __future__ import annotations

from functools import cache

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from outreach.settings import Settings
from outreach.worker import celery

TASK = "outreach.bench.one_by_one.send_one"
SENDER = "+15005550006"
"""The number that Twilio documents as a sender for tests."""


@cache
def client() -> Client:
    """One client a process, its connection kept alive."""
    settings = Settings()
    secret = settings.simulator_secret.get_secret_value()
    pooled = TwilioHttpClient(pool_connections=True)
    made = Client(settings.simulator_account, secret, http_client=pooled)
    made.api.base_url = settings.simulator_address
    return made


@celery.task(name=TASK)
def send_one(to: str, words: str, callback: str) -> None:
    """Send one text."""
    client().messages.create(to=to, body=words, from_=SENDER, status_callback=callback)


__all__ = ["SENDER", "TASK", "celery"]
