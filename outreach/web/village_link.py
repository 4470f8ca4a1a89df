"""The signed address under which a village listens without an account."""

from __future__ import annotations

from datetime import date, timedelta

from campaigns.errors import NotFound, NotReady, mark
from outreach import signed

_KIND = "village"
_FIRST_DAY = date(2020, 1, 1)


def mint(village: str, until: date, signer: bytes) -> str:
    """A token that opens ``village`` (a place code) to the end of ``until``."""
    return signed.mint(_KIND, village, (until - _FIRST_DAY).days, signer)


def read(token: str, signer: bytes, today: date) -> str:
    """The village's place code. Raises NotFound for a forged token, NotReady late."""
    found = signed.read(_KIND, token, signer)
    if found is None:
        raise NotFound(mark("没有这个网址。请核对，或向镇残联要新的二维码。"))
    village, days = found
    if today > _last_day(days):
        raise NotReady(mark("这个码过期了，请向镇残联要新的。"))
    return village


def ended(token: str, signer: bytes, today: date) -> str:
    """Whose token it was until its day; empty for one that still holds or is forged."""
    found = signed.read(_KIND, token, signer)
    return found[0] if found and today > _last_day(found[1]) else ""


def _last_day(days: int) -> date:
    return _FIRST_DAY + timedelta(days=days)
