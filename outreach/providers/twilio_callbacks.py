"""Twilio's status callbacks: verified first, then read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hmac import compare_digest

from twilio.request_validator import RequestValidator

from campaigns.delivery.provider import Callback, Incoming, NotAuthentic, Report
from outreach.providers.twilio_codes import STATES, called, reason

_LARGEST = 64 * 1024
_SIGNATURE = "x-twilio-signature"
_SID = re.compile(r"(SM|MM|CA)[0-9a-fA-F]{32}")
REPLIES = "replies"
"""Ends the address that a number's inbound messages are sent to."""
KEY = "/key"
"""Ends the address that a key is sent to which somebody pressed during a call."""
_DONE = re.compile(r"\d{10}", re.ASCII)


class Fields(dict[str, str]):
    """A form without repeated fields, in the shape the SDK's validator asks first."""

    def getall(self, name: str) -> tuple[str]:
        """The values of a field: one."""
        return (self[name],)


def verified(
    callback: Callback, address: str, account: str, validator: RequestValidator
) -> Fields:
    """The fields of a genuine callback of ``account`` to ``address``.

    Raises NotAuthentic for anything that Twilio would not have sent.
    """
    size = sum(len(name) + len(value) for name, value in callback.form)
    if max(size, len(callback.body)) > _LARGEST:
        raise NotAuthentic("the callback is larger than 64 KB")
    form = Fields(callback.form)
    if len(form) != len(callback.form):
        raise NotAuthentic("a field comes twice")
    if not _signed(callback, address, form, validator):
        raise NotAuthentic("the signature does not fit the address and the fields")
    if form.get("AccountSid") != account:
        raise NotAuthentic("another account's callback")
    if not _SID.fullmatch(form.get("MessageSid") or form.get("CallSid", "")):
        raise NotAuthentic("no message is named")
    return form


def _signed(
    callback: Callback, address: str, form: Fields, validator: RequestValidator
) -> bool:
    headers = callback.headers.items()
    given = next((v for name, v in headers if name.lower() == _SIGNATURE), "")
    expected = validator.compute_signature(address, form)
    if compare_digest(expected.encode(), given.encode()):
        return True
    # Twilio signs some addresses with their port and some without: the SDK knows.
    return bool(validator.validate(address, form, given))


def report(provider: str, token: str | None, form: Fields) -> Report:
    """What a verified callback says, in our words."""
    if "CallSid" in form:
        return _of_call(provider, token, form)
    status, code = form.get("MessageStatus", ""), form.get("ErrorCode") or None
    state = STATES.get(status)
    return Report(
        provider=provider,
        token=token,
        reference=form["MessageSid"],
        status=status,
        state=state,
        identity=(form["MessageSid"], status, code or ""),
        code=code,
        reason=reason(state, code),
        phone=form.get("To"),
        provider_at=_done_at(form.get("RawDlrDoneDate", "")),
    )


def _of_call(provider: str, token: str | None, form: Fields) -> Report:
    told = [form.get(name, "") for name in ("CallStatus", "AnsweredBy", "Digits")]
    state, reason_ = called(*told)
    status = " ".join(part for part in told if part)
    return Report(
        provider=provider,
        token=token,
        reference=form["CallSid"],
        status=status,
        state=state,
        identity=(form["CallSid"], *told),
        reason=reason_,
        phone=form.get("To"),
    )


def incoming(provider: str, form: Fields) -> Incoming:
    """What somebody wrote back, in a verified callback."""
    sid, sender = form.get("MessageSid", ""), form.get("From", "")
    if not sid:
        raise NotAuthentic("a call is no reply")
    return Incoming(provider, sid, sender, form.get("Body", ""))


def _done_at(text: str) -> datetime | None:
    """Twilio's ``YYMMDDhhmm`` in UTC; what cannot be read is no time."""
    if not _DONE.fullmatch(text):
        return None
    year, month, day, hour, minute = (int(text[at : at + 2]) for at in range(0, 10, 2))
    try:
        return datetime(2000 + year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
