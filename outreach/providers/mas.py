"""China Mobile's cloud MAS: ``norsubmit`` takes base64 of a JSON with an MD5 seal.

The interface has no field that brings our token back: a receipt names the number and
the ``msgGroup`` of the answer, and finds its message by those. Where the answer was
lost there is nothing to ask, so the message stays in doubt until a person decides.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from campaigns.delivery.codes import meaning
from campaigns.delivery.provider import (
    Callback,
    CannotBeAsked,
    Incoming,
    Limits,
    NotAccepted,
    Outgoing,
    Report,
    Submission,
)
from campaigns.vocabulary import Channel, Reason
from outreach.providers.guarded import Door
from outreach.providers.kept_alive import Heard, KeptAlive
from outreach.providers.pushes import items, moment, phone_of

_PROFILE = "cmpp"
_OK = 200
# What the interface's description lists; whatever else comes is in doubt.
_ACCOUNT = {"IllegalMac", "InvalidUsrOrPwd", "NoSignId", "IllegalSignId", "IllegalIp"}
_MESSAGE = {"InvalidMessage", "TooManyMobiles"}


@dataclass(frozen=True, slots=True)
class Account:
    """``company``, ``login`` and ``secret`` of the interface's user.

    ``sign`` is the code of the filed signature, ``extension`` digits after the number
    that texts come from; both are given with the contract.
    """

    base_url: str
    company: str
    login: str
    secret: str = field(repr=False)
    sign: str
    extension: str = ""


class Unclear(Exception):
    """An answer that proves nothing: the message may be on its way."""


class MasProvider:
    """Carries SMS over the carrier's own interface for authorities."""

    name = "mas"
    channels = frozenset({Channel.SMS, Channel.ALERT})
    kept = '{"success": true}'

    def __init__(
        self, account: Account, limits: Limits, door: Door, *, connections: int
    ) -> None:
        self.limits = limits
        self._account = account
        self._door = door
        self._lines = KeptAlive(seconds=limits.timeout_seconds, connections=connections)

    async def carry(self, outgoing: Outgoing) -> Submission:
        """Hand one message over. Raises NotAccepted; anything else is in doubt."""
        heard = await self._lines.ask(
            "POST",
            f"{self._account.base_url.rstrip('/')}/sms/norsubmit",
            deadline=outgoing.deadline,
            data=sealed(
                self._account, outgoing.phone.removeprefix("+86"), outgoing.text
            ),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )
        return _submission(heard)

    async def find(self, outgoing: Outgoing) -> Submission | None:  # noqa: ARG002
        """The interface has no way to ask. Raises CannotBeAsked."""
        raise CannotBeAsked

    def read_callback(self, callback: Callback) -> list[Report]:
        """Check the door, then read pushed receipts. Raises NotAuthentic."""
        self._door.check(callback)
        found = (_report(self.name, item) for item in items(callback.body))
        return [report for report in found if report is not None]

    def read_replies(self, callback: Callback) -> list[Incoming]:
        """Check the door, then read pushed replies. Raises NotAuthentic."""
        self._door.check(callback)
        found = (_reply(self.name, item) for item in items(callback.body))
        return [reply for reply in found if reply is not None]

    async def close(self) -> None:
        """Close kept-alive connections."""
        await self._lines.close()


def sealed(account: Account, mobile: str, content: str) -> bytes:
    """The body of a submission: base64 of a JSON whose ``mac`` covers its fields."""
    fields = {
        "ecName": account.company,
        "apId": account.login,
        "secretKey": account.secret,
        "mobiles": mobile,
        "content": content,
        "sign": account.sign,
        "addSerial": account.extension,
    }
    mac = hashlib.md5("".join(fields.values()).encode(), usedforsecurity=False)
    whole = json.dumps(fields | {"mac": mac.hexdigest()}, ensure_ascii=False)
    return b64encode(whole.encode())


def _submission(heard: Heard) -> Submission:
    if heard.status != _OK:
        raise Unclear(f"HTTP {heard.status}")
    try:
        told = json.loads(heard.body)
        success, code = told["success"], str(told.get("rspcod", ""))
    except (ValueError, TypeError, KeyError) as wrong:
        raise Unclear("the answer cannot be read") from wrong
    if success is True and told.get("msgGroup"):
        return Submission(reference=str(told["msgGroup"]))
    if success is False and code in _ACCOUNT:
        raise NotAccepted(f"HTTP 200 {code}", code=code, broken=True)
    if success is False and code in _MESSAGE:
        raise NotAccepted(f"HTTP 200 {code}", code=code, permanent=True)
    raise Unclear(f"HTTP 200 {code}")


def _report(provider: str, item: dict[str, Any]) -> Report | None:
    phone, group = phone_of(item.get("mobile")), str(item.get("msgGroup") or "")
    code = str(item.get("errorCode") or "")
    if phone is None or not group:
        return None
    known = meaning(_PROFILE, code)
    return Report(
        provider=provider,
        token=None,
        reference=group,
        status=str(item.get("reportStatus") or "")[:40],
        state=known.state,
        identity=(group, phone, code),
        code=code or None,
        reason=known.reason if known.state else Reason.NONE,
        phone=phone,
        provider_at=moment(item.get("receiveDate")),
    )


def _reply(provider: str, item: dict[str, Any]) -> Incoming | None:
    phone, text = phone_of(item.get("mobile")), item.get("smsContent")
    at = str(item.get("sendTime") or "")
    if phone is None or not isinstance(text, str):
        return None
    words = hashlib.sha256(f"{phone}\x1f{at}\x1f{text}".encode()).hexdigest()[:32]
    return Incoming(provider, words, phone, text, moment(at))
