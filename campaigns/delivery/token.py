"""The token that travels to the provider and back, derived and never stored.

``base32(key id, campaign, message, attempt, HMAC[:10])``: 40 characters of ``a-z2-7``.
A receipt finds its message by primary key, attempts are told apart, and a database
restored from yesterday derives the same token again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass

_KEY_ID = 1
_FACTS = struct.Struct(">BIQH")
_SEAL = 10


@dataclass(frozen=True, slots=True)
class Token:
    """What a genuine token says."""

    campaign_id: int
    message_id: int
    attempt: int


def mint(signer: bytes, campaign_id: int, message_id: int, attempt: int) -> str:
    """Make the token of one attempt."""
    facts = _FACTS.pack(_KEY_ID, campaign_id, message_id, attempt & 0xFFFF)
    return base64.b32encode(facts + _seal(signer, facts)).decode().lower()


def read(signer: bytes, token: str | None) -> Token | None:
    """Return what ``token`` says, or None where it is not ours."""
    try:
        raw = base64.b32decode((token or "").upper())
    except ValueError:
        return None
    facts, seal = raw[: _FACTS.size], raw[_FACTS.size :]
    if not hmac.compare_digest(_seal(signer, facts), seal):
        return None
    _, campaign_id, message_id, attempt = _FACTS.unpack(facts)
    return Token(campaign_id, message_id, attempt)


def _seal(signer: bytes, facts: bytes) -> bytes:
    return hmac.digest(signer, facts, hashlib.sha256)[:_SEAL]
