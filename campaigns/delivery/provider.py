"""The one seam to whoever carries messages, and the only question about its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from campaigns.vocabulary import Channel, MessageState, Reason


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message, ready to be carried.

    ``text`` is signed unless the carrier signs, which then finds ``signature`` here;
    one that sends approved templates takes ``template`` and ``values`` instead of it.
    ``serial`` is the token in twenty digits, for a carrier that takes nothing else. A
    call plays ``sound``, the address of a clip in the telephone's profile.
    ``phone`` is E.164, ``token`` comes back in the callback, ``deadline`` is a
    ``time.monotonic()`` second after which not a byte may be written.
    """

    message_id: int
    campaign_id: int
    attempt: int
    channel: Channel
    phone: str = field(repr=False)
    text: str = field(repr=False)
    token: str
    parts: int
    deadline: float
    valid_seconds: int
    submitted_at: datetime
    serial: str = ""
    signature: str = ""
    sound: str = ""
    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    practice: bool = False
    """Whether it is only practised: no carrier but the simulated one is handed it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The provider's answer: its reference, and how far the message is."""

    reference: str
    state: MessageState = MessageState.ACCEPTED
    parts: int | None = None
    code: str | None = None
    reason: Reason = Reason.NONE


UNREACHABLE = "connect"
"""The code of a refusal that is the network's: no connection was made."""


class NotAccepted(Exception):
    """Certainly not accepted: nothing was sent, nobody will receive anything.

    ``permanent`` refuses this message for good (``state`` REJECTED with ``reason``);
    otherwise it goes back to the queue after ``retry_after`` seconds. ``throttled``
    slows the line down; ``broken`` opens its breaker (credentials, account, outage).
    Every other exception of ``carry`` leaves the outcome in doubt.
    """

    def __init__(  # noqa: PLR0913 - five facts about one refusal
        self,
        answer: str,
        *,
        code: str | None = None,
        permanent: bool = False,
        retry_after: float | None = None,
        throttled: bool = False,
        broken: bool = False,
        reason: Reason = Reason.REFUSED_BY_PROVIDER,
    ) -> None:
        super().__init__(answer)
        self.answer = answer
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.throttled = throttled
        self.broken = broken
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Report:
    """One line of a callback or a ledger, in our words.

    ``token`` is what our callback address carried; ``identity`` is what makes two
    deliveries of the same report equal. ``state`` is None for a status we do not
    know: it is stored, and changes nothing.
    """

    provider: str
    token: str | None
    reference: str | None
    status: str
    state: MessageState | None
    identity: tuple[str, ...]
    part: int = 0
    code: str | None = None
    reason: Reason = Reason.NONE
    phone: str | None = field(default=None, repr=False)
    provider_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that somebody wrote back: ``phone`` is E.164."""

    provider: str
    reference: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """A request from a provider: the public address it was sent to, and its body."""

    url: str
    headers: Mapping[str, str]
    form: Sequence[tuple[str, str]]
    body: bytes = b""
    token: str | None = None
    sender: str = ""
    """The address that the request came from."""


class CannotBeAsked(Exception):
    """The provider has no ledger: neither presence nor absence can be proven."""


class NotAuthentic(Exception):
    """The callback's signature, address or account is not the provider's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider can take: messages a second, and in flight for each lane."""

    per_second: int
    in_flight: int = 32
    timeout_seconds: float = 25.0
    maximum_parts: int = 8


@runtime_checkable
class Provider(Protocol):
    """Whoever carries messages by itself; a portal that people feed is not one."""

    name: str
    channels: frozenset[Channel]
    limits: Limits
    kept: str
    """What a callback is answered once its reports are on disk; empty means 204."""

    async def carry(self, outgoing: Outgoing) -> Submission:
        """Hand one message over. Raises NotAccepted; anything else is in doubt."""
        ...

    async def find(self, outgoing: Outgoing) -> Submission | None:
        """Look the message up in the provider's ledger; None when it is not there.

        Raises CannotBeAsked where there is none, anything else where it was not read.
        """
        ...

    def read_callback(self, callback: Callback) -> list[Report]:
        """Verify and read a callback. Raises NotAuthentic."""
        ...

    def read_replies(self, callback: Callback) -> list[Incoming]:
        """Verify and read what people wrote back. Raises NotAuthentic."""
        ...

    async def close(self) -> None:
        """Close kept-alive connections."""
        ...


@runtime_checkable
class Prepaid(Protocol):
    """A provider that can be asked what is left on its account."""

    async def balance(self) -> tuple[Decimal, str]:
        """The amount, and its currency in three letters."""
        ...
