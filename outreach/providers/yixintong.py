"""China Unicom's Yixintong: ``Send.do`` takes a form in GBK and a twenty-digit serial.

Reports and replies are not part of the contract known to us. Messages therefore stay
accepted until the 72 hours are over and end as "no receipt", which is honest; the
serial names message and attempt, so that a list from the carrier can be matched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote_plus

from campaigns.delivery.provider import (
    Callback,
    CannotBeAsked,
    Incoming,
    Limits,
    NotAccepted,
    NotAuthentic,
    Outgoing,
    Report,
    Submission,
)
from campaigns.vocabulary import Channel, Reason
from outreach.providers.kept_alive import Heard, KeptAlive

_CHARSET = "gbk"
_HTTP_OK = 200
_TAKEN = "0"
# As clients of this interface in public code list them. A serial that was used (15)
# and a text that waits for review (26) are not refusals: both stay in doubt.
_ACCOUNT = frozenset(map(str, (1, 2, 3, 4, 5, 12, 13, 14, 16, 17, 18, 24, 25, 29)))
_FAST = "11"
_NUMBER = {"6": Reason.PERMANENT, "10": Reason.BLOCKED, "32": Reason.TEMPORARY}
_REFUSED = frozenset(["7", "8", "9", "21", "22", "23", "28"])


@dataclass(frozen=True, slots=True)
class Account:
    """The interface's user, as the contract names it."""

    base_url: str
    company: str
    login: str
    secret: str = field(repr=False)


class Unclear(Exception):
    """An answer that proves nothing: the message may be on its way."""


class YixintongProvider:
    """Carries SMS over the carrier's own interface; hears nothing back."""

    name = "yixintong"
    channels = frozenset({Channel.SMS, Channel.ALERT})
    kept = ""

    def __init__(self, account: Account, limits: Limits, *, connections: int) -> None:
        self.limits = limits
        self._account = account
        self._lines = KeptAlive(seconds=limits.timeout_seconds, connections=connections)

    async def carry(self, outgoing: Outgoing) -> Submission:
        """Hand one message over. Raises NotAccepted; anything else is in doubt."""
        heard = await self._lines.ask(
            "POST",
            f"{self._account.base_url.rstrip('/')}/sms/Api/Send.do",
            deadline=outgoing.deadline,
            data=form(self._account, outgoing),
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=GBK"},
        )
        return _submission(heard, outgoing)

    async def find(self, outgoing: Outgoing) -> Submission | None:  # noqa: ARG002
        """The interface has no way to ask. Raises CannotBeAsked."""
        raise CannotBeAsked

    def read_callback(self, callback: Callback) -> list[Report]:  # noqa: ARG002
        """Nothing comes from this carrier. Raises NotAuthentic."""
        raise NotAuthentic("this carrier pushes nothing")

    def read_replies(self, callback: Callback) -> list[Incoming]:  # noqa: ARG002
        """Nothing comes from this carrier. Raises NotAuthentic."""
        raise NotAuthentic("this carrier pushes nothing")

    async def close(self) -> None:
        """Close kept-alive connections."""
        await self._lines.close()


def form(account: Account, outgoing: Outgoing) -> bytes:
    """The form in GBK. Raises NotAccepted for a letter that GBK does not have."""
    fields = {
        "SpCode": account.company,
        "LoginName": account.login,
        "Password": account.secret,
        "MessageContent": outgoing.text,
        "UserNumber": outgoing.phone.removeprefix("+86"),
        "SerialNumber": outgoing.serial,
        "ScheduleTime": "",
        "f": "1",
    }
    try:
        pairs = [
            f"{name}={quote_plus(value.encode(_CHARSET))}"
            for name, value in fields.items()
        ]
    except UnicodeEncodeError as wrong:
        letter = f"U+{ord(wrong.object[wrong.start]):04X}"
        raise NotAccepted(
            f"{letter} is not in GBK", code="charset", permanent=True
        ) from None
    return "&".join(pairs).encode("ascii")


def _submission(heard: Heard, outgoing: Outgoing) -> Submission:
    if heard.status != _HTTP_OK:
        raise Unclear(f"HTTP {heard.status}")
    text = heard.body.decode(_CHARSET, errors="replace").strip()
    told = parse_qs(text, keep_blank_values=True, encoding=_CHARSET, errors="replace")
    code = told.get("result", [""])[0].strip()
    failed = told.get("faillist", [""])[0]
    # The description may quote the number, so only the code is kept.
    answer = f"HTTP 200 result={code[:10]}"
    if code == _TAKEN:
        if outgoing.phone.removeprefix("+86") in failed:
            raise NotAccepted(answer, code="faillist", permanent=True)
        return Submission(reference=outgoing.serial)
    if code == _FAST:
        raise NotAccepted(answer, code=code, throttled=True)
    if code in _ACCOUNT:
        raise NotAccepted(answer, code=code, broken=True)
    if code in _NUMBER:
        reason = _NUMBER[code]
        raise NotAccepted(answer, code=code, permanent=True, reason=reason)
    if code in _REFUSED:
        raise NotAccepted(answer, code=code, permanent=True)
    raise Unclear(answer)
