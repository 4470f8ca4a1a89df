"""The simulated carrier of this machine: Twilio's client, pointed at loopback."""

from __future__ import annotations

from campaigns.delivery.provider import Limits
from outreach.providers.twilio import Account, TwilioProvider
from outreach.settings import Settings

_RATE = 10_000
"""More than this machine can send: the line is not what holds it back."""
_SENDER = "+15005550006"
"""The number that Twilio documents as a sender for tests."""


def make(settings: Settings) -> TwilioProvider:
    """The provider that talks to ``outreach simulator``."""
    account = Account(
        sid=settings.simulator_account,
        secret=settings.simulator_secret.get_secret_value(),
        sender=_SENDER,
        own_url=settings.heard_at("simulator"),
        base_url=settings.simulator_address,
    )
    limits = Limits(per_second=settings.provider_rate or _RATE)
    connections = settings.shares * limits.in_flight
    return TwilioProvider("simulator", account, limits, connections=connections)
