"""What is reported of a call: who answered, the key that was pressed, and its end."""

from __future__ import annotations

import html
import re

from outreach.simulator.answers import VERSION, call_status
from outreach.simulator.behaviour import Behaviour
from outreach.simulator.fate import answered_by, presses
from outreach.simulator.ledger import Entry

_ACTION = re.compile(r'<Gather[^>]* action="([^"]*)"')
_SOUND = re.compile("<Play[^>]*>([^<]*)</Play>")


def sound(entry: Entry) -> str:
    """The address of what an answered call plays; empty for any other call."""
    found = _SOUND.search(entry.body) if entry.final == "delivered" else None
    return html.unescape(found[1]) if found else ""


def forms(
    account: str, entry: Entry, behaviour: Behaviour
) -> list[tuple[str, dict[str, str]]]:
    """Addresses and forms of all that is reported at a call's end, in their order.

    The detection of machines reports apart from the end, and a key goes to the
    address that the call's own TwiML names.
    """
    common = {
        "AccountSid": account,
        "ApiVersion": VERSION,
        "CallSid": entry.sid,
        "From": entry.sender,
        "To": entry.to,
    }
    answered = entry.final == "delivered"
    ended = common | {
        "CallDuration": "30" if answered else "0",
        "CallStatus": call_status(entry.final),
        "Direction": "outbound-api",
    }
    told = [(entry.callback, ended)]
    if answered:
        who = answered_by(behaviour, entry.to)
        detected = common | {"AnsweredBy": who, "MachineDetectionDuration": "3100"}
        key = _ACTION.search(entry.body)
        if key and who == "human" and presses(behaviour, entry.to):
            pressed = common | {"CallStatus": "in-progress", "Digits": "1"}
            told.insert(0, (html.unescape(key[1]), pressed))
        told.insert(0, (entry.callback, detected))
    return told
