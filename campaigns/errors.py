"""What can go wrong in the domain, as sentences a person can act on.

CampaignError
├── NotFound        nothing there, or not within the reader's scope
├── NotAllowed      a rule about who may do it stands in the way
├── NotReady        a step that must come first is missing
├── Refused         what was entered cannot be accepted as it is
├── Stale           somebody changed the same thing in between
└── Unreadable      a file or a stored value cannot be read
"""

from __future__ import annotations


def mark(sentence: str) -> str:
    """Mark a Chinese sentence for translation and return it unchanged."""
    return sentence


class CampaignError(Exception):
    """A sentence with named values, in Chinese until somebody translates it.

    ``mend`` is a second sentence, where tables show what is wrong and how to mend it
    in two columns; elsewhere the two are read one after the other.
    """

    def __init__(self, sentence: str, /, mend: str = "", **values: object) -> None:
        self.sentence = sentence
        self.mend = mend
        self.values = values
        text = sentence + mend
        super().__init__(text % values if values else text)


class NotFound(CampaignError):
    """Nothing there, or not within the reader's scope."""


class NotAllowed(CampaignError):
    """A rule about who may do it stands in the way."""


class NotReady(CampaignError):
    """A step that must come first is missing."""


class Refused(CampaignError):
    """What was entered cannot be accepted as it is."""


class Stale(CampaignError):
    """Somebody changed the same thing in between."""


class Unreadable(CampaignError):
    """A file or a stored value cannot be read."""
