"""What becomes of a number: decided by a hash, never by chance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

from outreach.simulator.behaviour import FAULTS, Behaviour

INVALID, NOT_MOBILE, REFUSED_BY_ADDRESSEE = 21211, 21614, 21610
MAGIC = {
    "+15005550001": INVALID,
    "+15005550009": NOT_MOBILE,
    "+15005550004": REFUSED_BY_ADDRESSEE,
}
"""The numbers that Twilio documents for tests."""

_E164 = re.compile(r"\+[1-9]\d{7,14}")
_CHINESE_MOBILE = re.compile(r"\+861\d{10}")
_EXPIRED = 30036


@dataclass(frozen=True, slots=True)
class Fate:
    """``final`` is empty for a message that nobody hears of again."""

    final: str
    code: int | None
    sent_after: float
    final_after: float


def refusal(behaviour: Behaviour, to: str) -> int | None:
    """The Twilio error code with which a request to ``to`` is refused, or None."""
    if to in MAGIC:
        return MAGIC[to]
    if not _E164.fullmatch(to):
        return INVALID
    if to.startswith("+86") and not _CHINESE_MOBILE.fullmatch(to):
        return NOT_MOBILE
    if share(behaviour, to, "refused") < behaviour.refused:
        return REFUSED_BY_ADDRESSEE
    return None


def fate(behaviour: Behaviour, to: str, validity: float) -> Fate:
    """The whole future of an accepted message to ``to``."""
    draws = _draws(behaviour, to)
    final, code = _ending(behaviour, draws[0])
    wait = behaviour.receipt_seconds * (0.25 + 0.75 * draws[1])
    if draws[2] < behaviour.late:
        wait = behaviour.late_seconds * (0.5 + 0.5 * draws[1])
    if final and wait > validity:
        final, code, wait = "undelivered", _EXPIRED, validity
    sent = min(wait, behaviour.sent_seconds * (0.2 + 0.8 * draws[3]))
    return Fate(final, code, sent, wait)


def share(behaviour: Behaviour, key: str, purpose: str) -> float:
    """A number in 0..1 that follows from the seed, ``key`` and ``purpose``."""
    text = f"{behaviour.seed}:{purpose}:{key}".encode()
    return int.from_bytes(blake2b(text, digest_size=4).digest()) / 2**32


def answered_by(behaviour: Behaviour, to: str) -> str:
    """Who takes a call to ``to`` that is answered, in Twilio's words."""
    draw = share(behaviour, to, "answered")
    if draw < behaviour.machine:
        return "machine_start"
    return "unknown" if draw < behaviour.machine + behaviour.unclear else "human"


def presses(behaviour: Behaviour, to: str) -> bool:
    """Whether the person who answered presses the key."""
    return share(behaviour, to, "pressed") < behaviour.pressed


def fault(behaviour: Behaviour, key: str) -> str | None:
    """Which fault strikes the request ``key``, if any."""
    left = share(behaviour, key, "fault")
    for name in FAULTS:
        left -= getattr(behaviour, name)
        if left < 0:
            return name
    return None


def _draws(behaviour: Behaviour, to: str) -> list[float]:
    digest = blake2b(f"{behaviour.seed}:{to}".encode(), digest_size=16).digest()
    return [
        int.from_bytes(digest[at : at + 4]) / 2**32 for at in range(0, len(digest), 4)
    ]


def _ending(behaviour: Behaviour, draw: float) -> tuple[str, int | None]:
    endings = (
        (behaviour.absent, "undelivered", 30003),
        (behaviour.permanent * 0.8, "undelivered", 30005),
        (behaviour.permanent * 0.2, "undelivered", 30006),
        (behaviour.blocked * 0.7, "undelivered", 30007),
        (behaviour.blocked * 0.3, "undelivered", 30004),
        (behaviour.temporary, "failed", 30001),
        (behaviour.silent, "", None),
    )
    for portion, final, code in endings:
        draw -= portion
        if draw < 0:
            return final, code
    return "delivered", None
