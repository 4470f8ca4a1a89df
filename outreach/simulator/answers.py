"""Twilio's answers, field by field."""

from __future__ import annotations

import json
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from outreach.simulator.ledger import Entry

VERSION = "2010-04-01"
MESSAGES = {
    20001: "Unknown parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30036: "Validity Period Expired",
    63038: "Account exceeded the daily messages limit",
}
_SINGLE_GSM, _JOINED_GSM, _SINGLE_UCS, _JOINED_UCS = 160, 153, 70, 67


def error(code: int, status: int) -> bytes:
    """The body of an error answer."""
    return json.dumps(
        {
            "code": code,
            "message": MESSAGES[code],
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }
    ).encode()


def message(account: str, entry: Entry, now: float) -> dict[str, Any]:
    """The message resource as it stands at ``now``."""
    status = entry.status(now)
    failed = status in {"undelivered", "failed"}
    service = entry.sender if entry.sender.startswith("MG") else None
    home = f"/{VERSION}/Accounts/{account}/Messages/{entry.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": entry.body,
        "date_created": date(entry.at),
        "date_sent": None if status == "queued" else date(entry.sent_at),
        "date_updated": date(_updated(entry, status)),
        "direction": "outbound-api",
        "error_code": entry.code if failed else None,
        "error_message": MESSAGES[entry.code] if failed and entry.code else None,
        "from": None if service else entry.sender,
        "messaging_service_sid": service,
        "num_media": "0",
        "num_segments": str(segments(entry.body)),
        "price": None,
        "price_unit": "USD",
        "sid": entry.sid,
        "status": status,
        "subresource_uris": {"media": f"{home}/Media.json"},
        "to": entry.to,
        "uri": f"{home}.json",
    }


_OF_A_CALL = {
    "queued": "queued",
    "sent": "ringing",
    "delivered": "completed",
    "undelivered": "no-answer",
    "failed": "failed",
}


def call_status(status: str) -> str:
    """What Twilio says of a call where it would say ``status`` of a message."""
    return _OF_A_CALL[status]


def call(account: str, entry: Entry, now: float, who: str) -> dict[str, Any]:
    """The call resource as it stands at ``now``; ``who`` answers it if anybody does."""
    status = entry.status(now)
    done = status == "delivered"
    return {
        "account_sid": account,
        "answered_by": who if done else None,
        "api_version": VERSION,
        "date_created": date(entry.at),
        "date_updated": date(_updated(entry, status)),
        "direction": "outbound-api",
        "duration": "30" if done else "0",
        "from": entry.sender,
        "sid": entry.sid,
        "status": call_status(status),
        "to": entry.to,
        "uri": f"/{VERSION}/Accounts/{account}/Calls/{entry.sid}.json",
    }


def segments(body: str) -> int:
    """How many parts Twilio counts."""
    units = len(body.encode("utf-16-le")) // 2
    single, joined = _SINGLE_UCS, _JOINED_UCS
    if body.isascii():
        single, joined = _SINGLE_GSM, _JOINED_GSM
    return 1 if units <= single else -(-units // joined)


def date(moment: float) -> str:
    """RFC 2822 in GMT, as Twilio writes it."""
    return _date(int(moment))


@lru_cache(4096)
def _date(second: int) -> str:
    return formatdate(second).replace("-0000", "+0000")


def _updated(entry: Entry, status: str) -> float:
    return {"queued": entry.at, "sent": entry.sent_at}.get(status, entry.final_at)
