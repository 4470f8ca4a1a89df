"""What Twilio's codes and statuses mean for a message of ours."""

from __future__ import annotations

from enum import Enum

from campaigns.delivery.codes import meaning
from campaigns.vocabulary import MessageState, Reason

STATES: dict[str, MessageState] = {
    "accepted": MessageState.ACCEPTED,
    "scheduled": MessageState.ACCEPTED,
    "queued": MessageState.ACCEPTED,
    "sending": MessageState.ACCEPTED,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.UNDELIVERED,
    "failed": MessageState.UNDELIVERED,
    "canceled": MessageState.UNDELIVERED,
}
"""``partially_delivered`` is left out: it neither reached nor failed to reach."""


CALLS: dict[str, tuple[MessageState, Reason]] = {
    "queued": (MessageState.ACCEPTED, Reason.NONE),
    "initiated": (MessageState.ACCEPTED, Reason.NONE),
    "ringing": (MessageState.SENT, Reason.NONE),
    "in-progress": (MessageState.SENT, Reason.NONE),
    "completed": (MessageState.SENT, Reason.NONE),
    "busy": (MessageState.UNDELIVERED, Reason.ABSENT),
    "no-answer": (MessageState.UNDELIVERED, Reason.ABSENT),
    "failed": (MessageState.UNDELIVERED, Reason.PERMANENT),
    "canceled": (MessageState.UNDELIVERED, Reason.UNKNOWN),
}
"""Completed means that somebody, or a machine, took the call to its end."""

ANSWERED: dict[str, tuple[MessageState, Reason]] = {
    "human": (MessageState.DELIVERED, Reason.NONE),
    "machine": (MessageState.UNDELIVERED, Reason.ABSENT),
    "machine_start": (MessageState.UNDELIVERED, Reason.ABSENT),
    "machine_end_beep": (MessageState.UNDELIVERED, Reason.ABSENT),
    "machine_end_silence": (MessageState.UNDELIVERED, Reason.ABSENT),
    "machine_end_other": (MessageState.UNDELIVERED, Reason.ABSENT),
    "fax": (MessageState.UNDELIVERED, Reason.PERMANENT),
    "unknown": (MessageState.UNDELIVERED, Reason.UNKNOWN),
}
"""Who took the call. A voice mailbox tells nobody, whatever it recorded."""

HEARD = "1"
"""The key that says that somebody has understood."""


def called(
    status: str, answered_by: str = "", digits: str = ""
) -> tuple[MessageState | None, Reason]:
    """What is known of a call: a key that was pressed stands before who answered."""
    if digits:
        heard = digits == HEARD
        return MessageState.DELIVERED, Reason.MET if heard else Reason.NONE
    if answered_by:
        return ANSWERED.get(answered_by, (None, Reason.NONE))
    return CALLS.get(status, (None, Reason.NONE))


class Verdict(Enum):
    """What to do about an answer that is not an acceptance."""

    THROTTLED = "throttled"
    BROKEN = "broken"
    PERMANENT = "permanent"
    BLOCKED = "blocked"
    WORDING = "wording"
    DOUBT = "doubt"


_NUMBER = (21211, 21214, 21217, 21219, 21265, 21407, 21421, 21612, 21614, 21635)
_ADDRESSEE_REFUSED = (21610,)
_TEXT = (21602, 21604, 21605, 21617, 21619, 21620, 30007, 60220)
_RATE = (14107, 20429, 21611, 30022, 63017, 63018)
# Credentials, the account, its sender, its permissions, its quota: the next message
# would meet the same wall, so the line stops and a person is told.
_CREDENTIALS = (20003, 20005, 20006, 20008, 20404)
_SENDER = (21212, 21213, 21601, 21603, 21606, 21607, 21609, 21616, 21659, 21660)
_PERMISSION = (21408, 21608, 21701, 21703, 30002, 30034)
_QUOTA = (60728, 63038)
_ACCOUNT = (*_CREDENTIALS, *_SENDER, *_PERMISSION, *_QUOTA)
_VERDICTS: dict[int, Verdict] = {
    **dict.fromkeys(_NUMBER, Verdict.PERMANENT),
    **dict.fromkeys(_ADDRESSEE_REFUSED, Verdict.BLOCKED),
    **dict.fromkeys(_TEXT, Verdict.WORDING),
    **dict.fromkeys(_RATE, Verdict.THROTTLED),
    **dict.fromkeys(_ACCOUNT, Verdict.BROKEN),
}
_BY_STATUS = {
    401: Verdict.BROKEN,
    403: Verdict.BROKEN,
    404: Verdict.BROKEN,
    429: Verdict.THROTTLED,
}
_CLIENT_ERRORS = range(400, 500)
REASONS = {
    Verdict.PERMANENT: Reason.PERMANENT,
    Verdict.BLOCKED: Reason.BLOCKED,
    Verdict.WORDING: Reason.REFUSED_BY_PROVIDER,
}
"""The verdicts that refuse one message for good, and how we call it."""

# The shared list has what vendors document for China; these are the other ends.
_MORE_REASONS = {
    "30002": Reason.UNKNOWN,
    "30017": Reason.TEMPORARY,
    "30022": Reason.TEMPORARY,
    "30023": Reason.TEMPORARY,
    "30036": Reason.ABSENT,
}


def verdict(status: int, code: int | None) -> Verdict:
    """Judge an error answer to a POST; an unknown one leaves the message in doubt.

    A code counts only in a 4xx answer: behind a 5xx the message may be on its way.
    """
    if status not in _CLIENT_ERRORS:
        return Verdict.DOUBT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return _VERDICTS.get(code or 0, Verdict.DOUBT)


def reason(state: MessageState | None, code: str | None) -> Reason:
    """Why a message was not delivered; empty while nothing says that it failed."""
    if state is not MessageState.UNDELIVERED:
        return Reason.NONE
    if not code:
        return Reason.UNKNOWN
    return _MORE_REASONS.get(code) or meaning("twilio", code).reason
