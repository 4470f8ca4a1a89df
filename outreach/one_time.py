"""One-time codes: six digits from an authenticator (RFC 6238), or lines of a sheet."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD = 30
"""Seconds of one step."""
_DIGITS = 6
_SECRET_BYTES = 20
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0, 1, i, l and o, which look alike on paper."""
_GROUPS, _GROUP = 2, 4
ON_A_SHEET = 10


def new_secret() -> str:
    """A secret for an authenticator: 32 letters and digits (base32)."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """The six digits of one step (RFC 4226, SHA-1, as authenticators expect)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: the present one, the one before or the one after."""
    present = int(now.timestamp()) // PERIOD
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def address(secret: str, name: str, issuer: str) -> str:
    """What an authenticator reads from the QR code."""
    label = quote(f"{issuer}:{name}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"


def new_sheet() -> Iterator[str]:
    """Ten codes for a printed sheet, about 39 bits each."""
    for _ in range(ON_A_SHEET):
        yield "-".join(
            "".join(secrets.choice(_SIGNS) for _ in range(_GROUP))
            for _ in range(_GROUPS)
        )


def plain(typed: str) -> str:
    """What was typed, without the spaces and strokes that paper shows."""
    return "".join(typed.split()).replace("-", "").casefold()
