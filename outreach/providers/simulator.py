"""The simulated carrier of this machine: Twilio's client, pointed at loopback."""

from __future__ import annotations

from campaigns.delivery.provider import Limits
from outreach.providers.twilio import Account, TwilioProvider
from outreach.settings import Settings

_LIMITS = Limits(per_second=2_000, in_flight=32, timeout_seconds=25.0)
_SENDER = "+15005550006"
"""The number that Twilio documents as a sender for tests."""


def make(settings: Settings) -> TwilioProvider:
    """The provider that talks to ``outreach simulator``."""
    account = Account(
        sid=settings.simulator_account,
        secret=settings.simulator_secret.get_secret_value(),
        sender=_SENDER,
        own_url=settings.own_url,
        base_url=settings.simulator_address,
    )
    connections = settings.lanes * _LIMITS.in_flight
    return TwilioProvider("simulator", account, _LIMITS, connections=connections)
