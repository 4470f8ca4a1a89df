"""Closed lists about people, places, phones and what staff do."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Level(StrEnum):
    """Where a place stands in the tree."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GROUP = "group"


class Category(IntEnum):
    """Disability categories of GB/T 26341; a bit mask of 1 to 6 holds components."""

    VISUAL = 1
    HEARING = 2
    SPEECH = 3
    PHYSICAL = 4
    INTELLECTUAL = 5
    PSYCHOSOCIAL = 6
    MULTIPLE = 7

    @property
    def bit(self) -> int:
        """The component's bit in ``member.categories``; 0 for MULTIPLE."""
        return 0 if self is Category.MULTIPLE else 1 << (self - 1)


ALL_COMPONENTS = 0b111111


class Sex(StrEnum):
    """As the 17th digit of a citizen ID tells it."""

    MALE = "m"
    FEMALE = "f"


class MemberStatus(StrEnum):
    """Whether a person is still on the register; of the erased nothing is known.

    A merged row was one person's second; the row that was kept goes on.
    """

    ACTIVE = "active"
    MOVED = "moved"
    DECEASED = "deceased"
    REVOKED = "revoked"
    ERASED = "erased"
    MERGED = "merged"


class LegalBasis(StrEnum):
    """Why the federation may write to a person; asked once for a list."""

    STATUTORY = "statutory"
    CONSENT = "consent"
    GUARDIAN_CONSENT = "guardian_consent"
    NONE = "none"


class NumberStatus(StrEnum):
    """What is known about a telephone number."""

    NORMAL = "normal"
    SUSPECT = "suspect"
    EMPTY = "empty"
    SUSPENDED = "suspended"
    BLOCKED = "blocked"
    NONE = "none"


class Channel(StrEnum):
    """How a bulletin travels. ALERT is what goes with it in words of our own.

    It tells a village's duty people of a clip, the leader on call of villages that
    stay silent, and a person that their guardian's phone is another one.
    """

    SMS = "sms"
    VOICE = "voice"
    LOUDSPEAKER = "loudspeaker"
    ALERT = "alert"


TO_PEOPLE = (Channel.SMS, Channel.VOICE)
"""The channels that reach one person's telephone."""

PERSON = "person"
"""The tally's pseudo channel for figures about people rather than messages."""

COPY = "copy"
"""The tally's pseudo channel for texts to guardians, so that sums hold by addressee."""


class Addressee(StrEnum):
    """Whose phone it is. DUTY is a village's duty person, LEADER whoever is on call."""

    MEMBER = "member"
    GUARDIAN = "guardian"
    DUTY = "duty"
    LEADER = "leader"


class Preference(StrEnum):
    """How a person said that they wish to be told; it always wins."""

    NONE = "none"
    SMS = "sms"
    VOICE = "voice"
    LOUDSPEAKER = "loudspeaker"
    VISIT = "visit"


class Urgency(StrEnum):
    """How far a bulletin may go to reach people."""

    TIP = "tip"
    MUST_REACH = "must_reach"
    EMERGENCY = "emergency"


class Wish(StrEnum):
    """What a reply asks for; OTHER is for a person to read."""

    OTHER = "other"
    REFUSED = "refused"
    HELP = "help"
    CALL_ME = "call_me"
    WRONG_PERSON = "wrong_person"
    RECEIVED = "received"
    DUTY = "duty"
    """A village's duty person answered an alert."""


class Follows(StrEnum):
    """Whom of an earlier campaign's audience another one tells again."""

    SECOND_WAVE = "second_wave"
    ALL_CLEAR = "all_clear"


class Duty(StrEnum):
    """The four hands a text passes through; they sit on a grant."""

    DRAFT = "draft"
    REVIEW = "review"
    ISSUE = "issue"
    APPROVE = "approve"


class ApprovalWay(StrEnum):
    """How a campaign was approved where nobody else pressed the button here."""

    PHONE = "phone"
    PAPER = "paper"
    ALONE = "alone"
    PERMISSION = "permission"


class ImportState(StrEnum):
    """From a file checked to a file taken in, and taken back."""

    CHECKING = "checking"
    CHECKED = "checked"
    WAITING = "waiting"
    IMPORTING = "importing"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"
    FAILED = "failed"


class RowVerdict(StrEnum):
    """What a row of an imported file would do to the register."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


class Undone(StrEnum):
    """What became of a row's person when an import was taken back."""

    WENT = "went"
    RETURNED = "returned"
    IN_CAMPAIGN = "in_campaign"
    CHANGED = "changed"
    LISTED = "listed"
    NOTED = "noted"
    MISSING = "missing"
