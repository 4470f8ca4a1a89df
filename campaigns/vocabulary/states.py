"""States of texts, campaigns, messages and plays, and every legal transition."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class BulletinState(StrEnum):
    """From the first draft to the issued text."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    ISSUED = "issued"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


BULLETIN_STEPS: dict[BulletinState, frozenset[BulletinState]] = {
    BulletinState.DRAFT: frozenset({BulletinState.IN_REVIEW}),
    BulletinState.IN_REVIEW: frozenset(
        {BulletinState.REVIEWED, BulletinState.ISSUED, BulletinState.RETURNED}
    ),
    BulletinState.REVIEWED: frozenset({BulletinState.ISSUED, BulletinState.RETURNED}),
    BulletinState.RETURNED: frozenset({BulletinState.DRAFT, BulletinState.IN_REVIEW}),
    BulletinState.ISSUED: frozenset({BulletinState.SUPERSEDED}),
    BulletinState.SUPERSEDED: frozenset(),
}


class CampaignState(StrEnum):
    """From the first idea to the last receipt."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


IN_PROGRESS = (CampaignState.RUNNING, CampaignState.PAUSED)
"""What has begun and is not over."""

CAMPAIGN_STEPS: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.SUBMITTED, CampaignState.CANCELLED}),
    CampaignState.SUBMITTED: frozenset(
        {CampaignState.DRAFT, CampaignState.APPROVED, CampaignState.CANCELLED}
    ),
    CampaignState.APPROVED: frozenset(
        {
            CampaignState.DRAFT,
            CampaignState.SUBMITTED,
            CampaignState.RUNNING,
            CampaignState.CANCELLED,
        }
    ),
    CampaignState.RUNNING: frozenset(
        {CampaignState.PAUSED, CampaignState.FINISHED, CampaignState.CANCELLED}
    ),
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.CANCELLED}),
    CampaignState.FINISHED: frozenset({CampaignState.RUNNING}),
    CampaignState.CANCELLED: frozenset(),
}
"""FINISHED is opened again only where two people send anew what stayed in doubt, and
APPROVED waits again as SUBMITTED where its audience outgrew a standing permission."""


class MessageState(IntEnum):
    """Rank times ten, so that "only forward" is ``state < new``."""

    QUEUED = 0
    SUBMITTING = 10
    IN_DOUBT = 11
    ACCEPTED = 20
    SENT = 30
    NO_RECEIPT = 40
    UNDELIVERED = 50
    DELIVERED = 60
    REJECTED = 90
    SKIPPED = 91
    CANCELLED = 92

    @property
    def word(self) -> str:
        """The code of this state's word, such as ``message.delivered``."""
        return f"message.{self.name.lower()}"


_S = MessageState
_REPORTED = frozenset({_S.ACCEPTED, _S.SENT, _S.UNDELIVERED, _S.DELIVERED})
MESSAGE_STEPS: dict[MessageState, frozenset[MessageState]] = {
    _S.QUEUED: _REPORTED | {_S.SUBMITTING, _S.CANCELLED, _S.SKIPPED},
    _S.SUBMITTING: _REPORTED | {_S.QUEUED, _S.IN_DOUBT, _S.REJECTED, _S.CANCELLED},
    _S.IN_DOUBT: _REPORTED | {_S.QUEUED, _S.REJECTED, _S.NO_RECEIPT},
    _S.ACCEPTED: frozenset({_S.SENT, _S.NO_RECEIPT, _S.UNDELIVERED, _S.DELIVERED}),
    _S.SENT: frozenset({_S.NO_RECEIPT, _S.UNDELIVERED, _S.DELIVERED}),
    _S.NO_RECEIPT: frozenset({_S.UNDELIVERED, _S.DELIVERED}),
    _S.UNDELIVERED: frozenset({_S.DELIVERED}),
    _S.DELIVERED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.SKIPPED: frozenset(),
    _S.CANCELLED: frozenset(),
}
"""SUBMITTING goes back to QUEUED only by proof that the provider did not take it.

IN_DOUBT too: such a proof may come after the lease, for the same attempt.
"""

OPEN_STATES = (_S.QUEUED, _S.SUBMITTING, _S.IN_DOUBT)
"""States in which a message may still be claimed, or may still be with nobody."""


class Reason(StrEnum):
    """Why a message is where it is; empty while all goes well."""

    NONE = ""
    OPTED_OUT = "opted_out"
    NO_PHONE = "no_phone"
    NO_CONTACT = "no_contact"
    SHARED_PHONE = "shared_phone"
    PERSONAL_TEXT = "personal_text"
    NO_GUARDIAN = "no_guardian"
    NO_LEGAL_BASIS = "no_legal_basis"
    WRONG_CHANNEL = "wrong_channel"
    DEAF_BLIND = "deaf_blind"
    CHILD = "child"
    FREQUENCY = "frequency"
    NUMBER_BAD = "number_bad"
    NUMBER_CHANGED = "number_changed"
    INACTIVE = "inactive"
    STOPPED = "stopped"
    TOO_LATE = "too_late"
    ABSENT = "absent"
    PERMANENT = "permanent"
    BLOCKED = "blocked"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"
    REFUSED_BY_PROVIDER = "refused_by_provider"
    UNSUITABLE = "unsuitable"
    """Only on people: delivered to a phone, which this person cannot use alone."""
    MET = "met"
    FAMILY_MET = "family_met"
    AWAY = "away"
    DECLINED = "declined"
    GONE = "gone"


BY_PERSON = (
    Reason.MET,
    Reason.FAMILY_MET,
    Reason.AWAY,
    Reason.DECLINED,
    Reason.GONE,
)
"""Only on people, told by a person: no receipt says anything against them."""


RECEIPT_CLASSES = frozenset(
    {Reason.ABSENT, Reason.PERMANENT, Reason.BLOCKED, Reason.TEMPORARY, Reason.UNKNOWN}
)


class Way(StrEnum):
    """How one person is told, or why neither text nor call reaches them."""

    SMS = "sms"
    SMS_ALOUD = "sms_aloud"
    SMS_GUARDIAN = "sms_guardian"
    VOICE = "voice"
    VOICE_SMS = "voice_sms"
    VOICE_SMS_GUARDIAN = "voice_sms_guardian"
    GUARDIAN_CHILD = "guardian_child"
    GUARDIAN = "guardian"
    LOUDSPEAKER = "loudspeaker"
    WISHES_LOUDSPEAKER = "wishes_loudspeaker"
    WISHES_VISIT = "wishes_visit"
    DEAF_BLIND = "deaf_blind"
    NO_GUARDIAN = "no_guardian"
    NUMBER_BAD = "number_bad"
    NOTHING = "nothing"
    NO_LEGAL_BASIS = "no_legal_basis"
    OPTED_OUT = "opted_out"
    INACTIVE = "inactive"

    @property
    def reason(self) -> Reason:
        """Why nothing is sent; NONE where something is."""
        return _UNTOLD.get(self, Reason.NONE)

    @property
    def told(self) -> bool:
        """Whether a text or a call is made, to the person or their guardian."""
        return self not in _UNTOLD

    @property
    def channels(self) -> int:
        """How many texts and calls a person and their guardian get."""
        return _SEVERAL.get(self, int(self.told))


_SEVERAL = {Way.SMS_GUARDIAN: 2, Way.VOICE_SMS: 2, Way.VOICE_SMS_GUARDIAN: 3}
_UNTOLD = {
    Way.LOUDSPEAKER: Reason.NO_PHONE,
    Way.WISHES_LOUDSPEAKER: Reason.WRONG_CHANNEL,
    Way.WISHES_VISIT: Reason.WRONG_CHANNEL,
    Way.DEAF_BLIND: Reason.DEAF_BLIND,
    Way.NO_GUARDIAN: Reason.NO_GUARDIAN,
    Way.NUMBER_BAD: Reason.NUMBER_BAD,
    Way.NOTHING: Reason.NO_CONTACT,
    Way.NO_LEGAL_BASIS: Reason.NO_LEGAL_BASIS,
    Way.OPTED_OUT: Reason.OPTED_OUT,
    Way.INACTIVE: Reason.INACTIVE,
}


class AnnouncementState(StrEnum):
    """A bulletin's way onto one village's loudspeaker."""

    PREPARED = "prepared"
    ALERTED = "alerted"
    DOWNLOADED = "downloaded"
    PLAYED = "played"
    MISSED = "missed"
    NOT_DUE = "not_due"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


class MissedReason(StrEnum):
    """Why a village did not play a clip."""

    POWER = "power"
    EQUIPMENT = "equipment"
    RAIN = "rain"
    CEREMONY = "ceremony"
    EXAM = "exam"
    NOBODY = "nobody"
    OTHER = "other"
