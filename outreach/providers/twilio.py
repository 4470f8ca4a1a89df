"""Twilio, and whoever speaks its Messages API, through the official SDK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from campaigns.delivery.provider import (
    Callback,
    Incoming,
    Limits,
    NotAccepted,
    NotAuthentic,
    Outgoing,
    Report,
    Submission,
)
from campaigns.vocabulary import Channel, MessageState
from outreach.providers.twilio_callbacks import (
    KEY,
    REPLIES,
    incoming,
    report,
    verified,
)
from outreach.providers.twilio_calls import Calls, submission
from outreach.providers.twilio_codes import REASONS, STATES, Verdict, reason, verdict
from outreach.providers.twilio_http import Exchange, HttpClient, exchange

_VALIDITY = (1, 36_000)
_LONGEST_WAIT = 900.0
_LOOK_BACK, _LOOK_AHEAD = timedelta(minutes=2), timedelta(minutes=30)
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account, from which number, and under which address we are called back."""

    sid: str
    secret: str = field(repr=False)
    sender: str
    own_url: str
    base_url: str = ""
    """Empty means Twilio's own."""


class Unclear(Exception):
    """An answer that proves nothing: the message may be on its way."""


class TwilioProvider:
    """Carries SMS and calls; whatever is no clear refusal leaves doubt."""

    channels = frozenset({Channel.SMS, Channel.ALERT, Channel.VOICE})
    kept = ""

    def __init__(
        self, name: str, account: Account, limits: Limits, *, connections: int
    ) -> None:
        self.name = name
        self.limits = limits
        self._account = account
        self._validator = RequestValidator(account.secret)
        self._http = HttpClient(seconds=limits.timeout_seconds, connections=connections)
        # An empty environment, or the SDK would take a region from the process's own.
        client = Client(
            account.sid, account.secret, http_client=self._http, environment={"": ""}
        )
        if account.base_url:
            client.api.base_url = account.base_url
        self._messages = client.messages
        self._account_of = client.api.v2010.account
        # The SDK's own request, error and credentials, without its object for each
        # answer: three dates that nobody reads took a tenth of a message's time.
        self._create = client.api.v2010.create_async
        self._home = f"/Accounts/{account.sid}/Messages.json"
        self._calls = Calls(client, account.sender)
        service = account.sender.startswith("MG")
        self._sender = {"MessagingServiceSid" if service else "From": account.sender}

    async def carry(self, outgoing: Outgoing) -> Submission:
        """Hand one message over. Raises NotAccepted; anything else is in doubt."""
        call = Exchange(deadline=outgoing.deadline)
        exchange.set(call)
        try:
            if outgoing.channel is Channel.VOICE:
                address = self.callback_url(outgoing.token)
                return _named(submission(await self._calls.place(outgoing, address)))
            least, most = _VALIDITY
            form = {
                "To": outgoing.phone,
                "StatusCallback": self.callback_url(outgoing.token),
                "ValidityPeriod": min(max(outgoing.valid_seconds, least), most),
                **self._sender,
                "Body": outgoing.text,
            }
            answer = await self._create("POST", self._home, data=form)
        except TwilioRestException as refused:
            raise _judge(refused, call.retry_after) from None
        return _submission(answer)

    async def find(self, outgoing: Outgoing) -> Submission | None:
        """Look the message up by number, text and time; None when it is not there.

        Without DateSent, which is empty until a message is sent, and to the end of the
        list, whose order nobody promises. Raises whatever kept it from being read:
        then absence is not proven.
        """
        exchange.set(Exchange())
        try:
            if outgoing.channel is Channel.VOICE:
                called = await self._calls.search(outgoing)
                return submission(called) if called else None
            found = await self._search(outgoing)
        except TwilioException as unread:
            # Its text quotes the answer, and the answer quotes the number.
            raise Unclear(type(unread).__name__) from None
        return _submission(vars(found)) if found else None

    async def _search(self, outgoing: Outgoing) -> MessageInstance | None:
        since = outgoing.submitted_at - _LOOK_BACK
        until = outgoing.submitted_at + _LOOK_AHEAD
        found: MessageInstance | None = None
        async for row in await self._messages.stream_async(
            to=outgoing.phone, page_size=_PAGE
        ):
            created = row.date_created or outgoing.submitted_at
            if row.body == outgoing.text and since <= created <= until:
                found = row
        return found

    async def balance(self) -> tuple[Decimal, str]:
        """What is left on the account. Raises Unclear where it was not told."""
        exchange.set(Exchange())
        try:
            told = await self._account_of.balance.fetch_async()
            return Decimal(told.balance), str(told.currency)[:3]
        except (TwilioException, ArithmeticError, TypeError, KeyError) as unread:
            raise Unclear(type(unread).__name__) from None

    def callback_url(self, token: str) -> str:
        """The address under which receipts of one attempt come back."""
        return f"{self._account.own_url}/callbacks/{self.name}/{token}"

    def read_callback(self, callback: Callback) -> list[Report]:
        """Verify and read a status callback. Raises NotAuthentic.

        The signature is checked over our configured address, never over a header
        that the sender chose.
        """
        if not callback.token:
            raise NotAuthentic("the address names no message")
        address = self.callback_url(callback.token)
        if callback.url.endswith(KEY):
            address += KEY
        form = verified(callback, address, self._account.sid, self._validator)
        return [report(self.name, callback.token, form)]

    def read_replies(self, callback: Callback) -> list[Incoming]:
        """Verify and read an inbound message. Raises NotAuthentic."""
        address = f"{self._account.own_url}/callbacks/{self.name}/{REPLIES}"
        form = verified(callback, address, self._account.sid, self._validator)
        return [incoming(self.name, form)]

    async def close(self) -> None:
        """Close kept-alive connections."""
        await self._http.close()


def _named(found: Submission | None) -> Submission:
    if found is None:
        # A 2xx without a name: it may be on its way, but cannot be followed.
        raise Unclear("accepted without naming the call")
    return found


def _submission(answer: Mapping[str, Any]) -> Submission:
    if not (sid := answer.get("sid")):
        # A 2xx without a name: it may be on its way, but cannot be followed.
        raise Unclear("accepted without naming the message")
    state = STATES.get(str(answer.get("status")), MessageState.ACCEPTED)
    code = str(answer["error_code"]) if answer.get("error_code") else None
    return Submission(
        reference=str(sid),
        state=state,
        parts=_count(answer.get("num_segments")),
        code=code,
        reason=reason(state, code),
    )


def _count(segments: Any) -> int | None:  # noqa: ANN401 - what the JSON holds
    text = str(segments or "")
    # A messaging service answers 0 before it has chosen a sender.
    return int(text) or None if text.isdecimal() else None


def _judge(refused: TwilioRestException, retry_after: str | None) -> Exception:
    """NotAccepted where the answer proves it, else Unclear."""
    found = verdict(refused.status, refused.code)
    # The text of an answer quotes the number, so only the codes are kept.
    answer, code = f"HTTP {refused.status} {refused.code}", str(refused.code)
    if found is Verdict.DOUBT:
        return Unclear(answer)
    if found in REASONS:
        return NotAccepted(answer, code=code, permanent=True, reason=REASONS[found])
    return NotAccepted(
        answer,
        code=code,
        retry_after=_wait(retry_after),
        throttled=found is Verdict.THROTTLED,
        broken=found is Verdict.BROKEN,
    )


def _wait(retry_after: str | None) -> float | None:
    """Seconds to wait, kept between 0 and 15 minutes; None where nobody said."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds == seconds else None  # noqa: PLR0124 - not a number
