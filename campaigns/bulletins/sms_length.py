"""How long a text message is and what it costs, by the carriers' rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ONE_PART = 70
EACH_PART = 67
ADVISED = 67
"""A gateway that adds a header or a suffix still bills one part."""

MAXIMUM_PARTS = 8


@dataclass(frozen=True, slots=True)
class Length:
    """``units`` UTF-16 code units, billed ``parts``, ``left`` until the next part."""

    units: int
    parts: int
    left: int


def bracketed(signature: str) -> str:
    """The signature as the carrier puts it in front: 【合江县残联】."""
    return f"【{signature.strip('【】')}】" if signature else ""


def measure(text: str, signature: str, suffix: str = "") -> Length:
    """Length of signature, text and suffix together.

    A character outside the Basic Multilingual Plane counts as two. Up to 70 units
    are one part, longer texts are cut into parts of 67.
    """
    whole = bracketed(signature) + text + suffix
    units = len(whole.encode("utf-16-le")) // 2
    if units <= ONE_PART:
        return Length(units, 1, ONE_PART - units)
    parts = -(-units // EACH_PART)
    return Length(units, parts, parts * EACH_PART - units)


def price(parts: int, part_price: int) -> Decimal:
    """Yuan for ``parts`` billed parts at ``part_price`` thousandths of a yuan."""
    return (Decimal(parts) * part_price / 1000).quantize(Decimal("0.01"))
