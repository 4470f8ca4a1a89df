"""The comparison after a storm of receipts finds whatever does not hold."""

from __future__ import annotations

import pytest

from campaigns.vocabulary import MessageState
from outreach.drill.kept import Kept, wrongs

POSTED = {(1, "queued"), (1, "sent"), (1, "delivered"), (2, "sent"), (3, "sent")}
ANSWERED = {(1, "delivered"), (2, "sent")}
INBOX = [
    Kept(1, "delivered", "applied"),
    Kept(1, "queued", "applied"),
    Kept(2, "sent", "applied"),
]
STATES = {
    1: MessageState.DELIVERED,
    2: MessageState.SENT,
    3: MessageState.ACCEPTED,
}


def test_what_was_not_answered_may_stand_or_not():
    assert wrongs(ANSWERED, POSTED, INBOX, STATES) == {}


@pytest.mark.parametrize(
    ("inbox", "states", "found"),
    [
        (INBOX[1:], STATES | {1: MessageState.ACCEPTED}, {"lost": 1}),
        ([*INBOX, INBOX[0]], STATES, {"kept twice": 1}),
        (
            [*INBOX, Kept(3, "delivered", "applied")],
            STATES | {3: MessageState.DELIVERED},
            {"never posted": 1},
        ),
        ([*INBOX[:2], Kept(2, "sent", None)], STATES, {"not applied": 1}),
        ([*INBOX[:2], Kept(2, "sent", "unmatched")], STATES, {"not applied": 1}),
        (INBOX, STATES | {1: MessageState.SENT}, {"in another state": 1}),
        (INBOX, STATES | {2: MessageState.DELIVERED}, {"in another state": 1}),
        (INBOX, {1: MessageState.DELIVERED}, {"in another state": 1}),
    ],
)
def test_each_mistake_is_named(inbox, states, found):
    assert wrongs(ANSWERED, POSTED, inbox, states) == found
