"""The signed address under which a village listens without an account."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from datetime import date, timedelta

from campaigns.errors import NotFound, NotReady, mark

_MAC_BYTES = 15
_FIRST_DAY = date(2020, 1, 1)
_HEX = 16


def mint(village: str, until: date, signer: bytes) -> str:
    """A token that opens ``village`` (a place code) to the end of ``until``."""
    days = f"{(until - _FIRST_DAY).days:x}"
    return f"{village}-{days}-{_mac(village, days, signer)}"


def read(token: str, signer: bytes, today: date) -> str:
    """The village's place code. Raises NotFound for a forged token, NotReady late."""
    village, _, rest = token.partition("-")
    days, _, mac = rest.partition("-")
    if not hmac.compare_digest(mac.encode(), _mac(village, days, signer).encode()):
        raise NotFound(mark("没有这个网址。请核对，或向镇残联要新的二维码。"))
    if today > _FIRST_DAY + timedelta(days=int(days, _HEX)):
        raise NotReady(mark("这个码过期了，请向镇残联要新的。"))
    return village


def _mac(village: str, days: str, signer: bytes) -> str:
    digest = hmac.digest(signer, f"village:{village}:{days}".encode(), hashlib.sha256)
    return b32encode(digest[:_MAC_BYTES]).decode().lower()
