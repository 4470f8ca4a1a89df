"""How the simulated carrier behaves: shares of outcomes, delays, faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Shares are 0..1 of messages, times are seconds; the defaults are a quiet county.

    A number's outcome follows from ``seed`` and the number alone, so that two runs
    tell the same story. Source of the shares: what gateways in China report.
    """

    seed: int = 1

    absent: float = 0.04
    permanent: float = 0.035
    blocked: float = 0.011
    temporary: float = 0.01
    silent: float = 0.01
    """Sent, and never heard of again."""
    refused: float = 0.003
    """Refused in the answer to the request: the addressee had refused."""

    machine: float = 0.12
    """Calls that a voice mailbox takes, of those that are answered."""
    unclear: float = 0.03
    """Answered, and nobody can tell by whom."""
    pressed: float = 0.6
    """People who press the key that they are asked for."""

    sent_seconds: float = 0.2
    receipt_seconds: float = 2.0
    """The longest ordinary wait for the last receipt."""
    late: float = 0.05
    late_seconds: float = 20.0
    twice: float = 0.01
    early: float = 0.003
    """A receipt that overtakes the answer to the request."""
    callbacks: bool = True
    report_sent: bool = True
    """Whether ``sent`` is reported too, as Twilio does, or only the end."""
    retry_minutes: float = 30.0
    """How long a callback that meets a closed door is tried again."""

    latency_ms: float = 0.0
    per_second: int = 0
    """Requests a second before 429; 0 is without limit."""
    retry_after: str = "1"
    """The Retry-After header of a 429, sent as it stands."""
    too_many: float = 0.0
    unauthorised: float = 0.0
    error_before: float = 0.0
    error_after: float = 0.0
    black_hole: float = 0.0
    black_hole_after: float = 0.0
    reset: float = 0.0
    reset_after: float = 0.0
    drip: float = 0.0
    broken_json: float = 0.0
    unavailable: float = 0.0
    """503 before anything is accepted."""
    moved: float = 0.0
    """A redirect to another host."""
    page: float = 0.0
    """Accepted, and answered with a page of HTML."""
    empty: float = 0.0
    """Accepted, and answered with nothing at all."""
    huge: float = 0.0
    """Accepted, and answered with ten megabytes."""
    nameless: float = 0.0
    """Accepted, and answered without the message's SID."""
    quota: float = 0.0
    """Refused because the account's daily limit is used up."""
    balance: float = 5000.0
    """What is left on the account, whatever was sent."""
    ledger_closed: bool = False
    """Whether listing messages fails, as it does while a carrier has trouble."""
    ledger_lag_seconds: float = 0.0
    """How long an accepted message stays out of the list."""

    def changed(self, given: Mapping[str, Any]) -> Behaviour:
        """This behaviour with ``given`` fields; ValueError names a wrong one."""
        for name, value in given.items():
            _check(name, value)
        return replace(self, **given)

    def as_dict(self) -> dict[str, Any]:
        """All fields, as ``GET /faults`` shows them."""
        return asdict(self)


_KINDS: dict[str, type] = {
    field.name: type(field.default) for field in fields(Behaviour)
}
FAULTS = (
    "too_many",
    "unauthorised",
    "error_before",
    "error_after",
    "black_hole",
    "black_hole_after",
    "reset",
    "reset_after",
    "drip",
    "broken_json",
    "unavailable",
    "moved",
    "page",
    "empty",
    "huge",
    "nameless",
    "quota",
)


def _check(name: str, value: object) -> None:
    kind = _KINDS.get(name)
    if kind is None:
        raise ValueError(f"unknown field {name!r}; known: {', '.join(_KINDS)}")
    wanted = (int, float) if kind is float else kind
    if not isinstance(value, wanted) or (kind is not bool and value is True):
        raise ValueError(f"{name} must be {kind.__name__}, not {value!r}")
