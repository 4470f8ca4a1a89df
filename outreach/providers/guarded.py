"""The door for carriers that sign nothing: a secret address, and known senders."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from campaigns.delivery.provider import Callback, NotAuthentic

LEAST = 24
"""Letters of a secret that nobody guesses."""


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: ``secret`` ends our address, ``networks`` are CIDR ranges.

    Without networks every sender is let in who knows the address. A forged receipt
    must also name our token and its number, which the inbox compares.
    """

    secret: str = field(repr=False)
    networks: str = ""

    def check(self, callback: Callback) -> None:
        """Let the callback in. Raises NotAuthentic."""
        given = (callback.token or "").encode()
        if not self.secret or not hmac.compare_digest(given, self.secret.encode()):
            raise NotAuthentic("the address is not the secret one")
        allowed = self.networks.replace(",", " ").split()
        if allowed and not any(_within(callback.sender, each) for each in allowed):
            raise NotAuthentic("the sender is not on the list")


def _within(sender: str, network: str) -> bool:
    try:
        return ip_address(sender) in ip_network(network, strict=False)
    except ValueError:
        return False
