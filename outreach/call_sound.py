"""Where a carrier fetches what a call plays: signed, expiring, and about nobody.

An address names a clip and its last moment, never a person: everybody in a township
hears the same clip, so that a carrier may keep it. Without the seal no other clip of
the store can be asked for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import UTC, datetime, timedelta

from campaigns.errors import NotFound, NotReady, mark
from campaigns.planning.models import Campaign
from outreach.wiring import Wiring

_FACTS = struct.Struct(">32sI")
_SEAL = 15
_AFTER = timedelta(minutes=30)
"""A call placed at the last moment rings, and plays, after it."""


def addresses(wiring: Wiring, campaign: Campaign, provider: str) -> dict[str, str]:
    """Where ``provider`` finds what calls play, by township; empty until it is made."""
    until = campaign.send_before + _AFTER
    heard_at = wiring.settings.heard_at(provider)
    return {
        township: (f"{heard_at}/calls/{mint(wiring.signer, fingerprint, until)}.wav")
        for township, fingerprint in campaign.call_clips.items()
    }


def mint(signer: bytes, fingerprint: str, until: datetime) -> str:
    """The name under which the clip may be fetched ``until`` then."""
    facts = _FACTS.pack(bytes.fromhex(fingerprint), int(until.timestamp()))
    return base64.b32encode(facts + _seal(signer, facts)).decode().rstrip("=").lower()


def read(signer: bytes, token: str, now: datetime) -> str:
    """The clip's fingerprint. Raises NotFound for a forged name, NotReady late."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        raw = b""
    facts, seal = raw[: _FACTS.size], raw[_FACTS.size :]
    if not hmac.compare_digest(_seal(signer, facts), seal):
        raise NotFound(mark("没有这段录音。"))
    fingerprint, until = _FACTS.unpack(facts)
    if now > datetime.fromtimestamp(until, UTC):
        raise NotReady(mark("这段录音的网址过期了。"))
    return str(fingerprint.hex())


def _seal(signer: bytes, facts: bytes) -> bytes:
    return hmac.digest(signer, b"call" + facts, hashlib.sha256)[:_SEAL]
