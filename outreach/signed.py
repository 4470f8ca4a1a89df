"""Addresses that carry their own proof: a subject, until when, and our signature."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from datetime import UTC, datetime, timedelta

_MAC_BYTES = 15
_HEX = 16
_MINUTE = timedelta(minutes=1)
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def mint(kind: str, subject: str, until: int, signer: bytes) -> str:
    """A token for ``subject`` (without a stroke); ``until`` is what ``kind`` counts."""
    end = f"{until:x}"
    return f"{subject}-{end}-{_mac(kind, subject, end, signer)}"


def read(kind: str, token: str, signer: bytes) -> tuple[str, int] | None:
    """Subject and ``until``; None for a forged token, and for another kind's."""
    subject, _, rest = token.partition("-")
    end, _, mac = rest.partition("-")
    if not hmac.compare_digest(mac.encode(), _mac(kind, subject, end, signer).encode()):
        return None
    return subject, int(end, _HEX)


def minute(moment: datetime) -> int:
    """Whole minutes since 2020, for links that end within a day."""
    return (moment - _FIRST) // _MINUTE


def _mac(kind: str, subject: str, end: str, signer: bytes) -> str:
    digest = hmac.digest(signer, f"{kind}:{subject}:{end}".encode(), hashlib.sha256)
    return b32encode(digest[:_MAC_BYTES]).decode().lower()
