"""The token that travels to the provider and back, derived and never stored.

``base32(key id, campaign, message, attempt, HMAC[:10])``: 40 characters of ``a-z2-7``.
A receipt finds its message by primary key, attempts are told apart, and a database
restored from yesterday derives the same token again. Where a carrier takes digits
alone, ``serial`` says the same in twenty: message, attempt and six of an HMAC.
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
_SERIAL = 20
_SERIAL_FACTS = 14


@dataclass(frozen=True, slots=True)
class Token:
    """What a genuine token says; a serial does not name the campaign (0)."""

    campaign_id: int
    message_id: int
    attempt: int


def mint(signer: bytes, campaign_id: int, message_id: int, attempt: int) -> str:
    """Make the token of one attempt."""
    facts = _FACTS.pack(_KEY_ID, campaign_id, message_id, attempt & 0xFFFF)
    return base64.b32encode(facts + _seal(signer, facts)).decode().lower()


def serial(signer: bytes, message_id: int, attempt: int) -> str:
    """Make the twenty digits of one attempt."""
    facts = f"{message_id % 10**12:012}{attempt % 100:02}"
    return facts + _digits(signer, facts)


def read(signer: bytes, token: str | None) -> Token | None:
    """Return what ``token``, or a serial, says; None where it is not ours."""
    if token and len(token) == _SERIAL and token.isascii() and token.isdecimal():
        facts, digits = token[:_SERIAL_FACTS], token[_SERIAL_FACTS:]
        ours = hmac.compare_digest(_digits(signer, facts), digits)
        return Token(0, int(facts[:12]), int(facts[12:])) if ours else None
    try:
        raw = base64.b32decode((token or "").upper())
    except ValueError:
        return None
    told, seal = raw[: _FACTS.size], raw[_FACTS.size :]
    if not hmac.compare_digest(_seal(signer, told), seal):
        return None
    _, campaign_id, message_id, attempt = _FACTS.unpack(told)
    return Token(campaign_id, message_id, attempt)


def _digits(signer: bytes, facts: str) -> str:
    seal = hmac.digest(signer, b"serial" + facts.encode(), hashlib.sha256)
    return f"{int.from_bytes(seal[:8]) % 10**6:06}"


def _seal(signer: bytes, facts: bytes) -> bytes:
    return hmac.digest(signer, facts, hashlib.sha256)[:_SEAL]
