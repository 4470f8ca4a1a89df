"""Closed lists of visits and needs: what a door or a telephone call came to."""

from __future__ import annotations

from enum import StrEnum

from campaigns.vocabulary.states import Reason


class VisitOutcome(StrEnum):
    """What a try came to; UNNEEDED is the service's own word: a receipt came late."""

    MET = "met"
    CALLED = "called"
    FAMILY_MET = "family_met"
    NOBODY_HOME = "nobody_home"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    DEAD_NUMBER = "dead_number"
    WRONG_NUMBER = "wrong_number"
    WRONG_ADDRESS = "wrong_address"
    AWAY = "away"
    MOVED = "moved"
    DECEASED = "deceased"
    DECLINED = "declined"
    UNNEEDED = "unneeded"


_O = VisitOutcome
AT_THE_DOOR = (
    _O.MET,
    _O.FAMILY_MET,
    _O.CALLED,
    _O.NOBODY_HOME,
    _O.AWAY,
    _O.WRONG_ADDRESS,
    _O.MOVED,
    _O.DECEASED,
    _O.DECLINED,
)
BY_TELEPHONE = (
    _O.CALLED,
    _O.FAMILY_MET,
    _O.NO_ANSWER,
    _O.VOICEMAIL,
    _O.DEAD_NUMBER,
    _O.WRONG_NUMBER,
    _O.AWAY,
    _O.MOVED,
    _O.DECEASED,
    _O.DECLINED,
)
"""What a person may record, in the order in which it is asked."""


class VisitWay(StrEnum):
    """How somebody tried: at the door, or wherever they met, or by telephone."""

    DOOR = "door"
    PHONE = "phone"


OUTCOMES = {VisitWay.DOOR: AT_THE_DOOR, VisitWay.PHONE: BY_TELEPHONE}

CONTACT = (_O.MET, _O.CALLED)
"""Evidence for that very person."""

SAYS: dict[VisitOutcome, Reason] = {
    _O.MET: Reason.MET,
    _O.CALLED: Reason.MET,
    _O.FAMILY_MET: Reason.FAMILY_MET,
    _O.AWAY: Reason.AWAY,
    _O.MOVED: Reason.GONE,
    _O.DECEASED: Reason.GONE,
    _O.DECLINED: Reason.DECLINED,
}
"""Outcomes that end a visit, and what they say of the person; after any other
somebody goes or rings again."""


class NeedKind(StrEnum):
    """What a person needs; CAR is asked in an emergency and reported as other."""

    DOCTOR = "doctor"
    MEDICINE = "medicine"
    GOODS = "goods"
    DEVICES = "devices"
    MIND = "mind"
    OTHER = "other"
    CAR = "car"


class NeedState(StrEnum):
    """Open until the person says that it is solved; PASSED was handed to others."""

    OPEN = "open"
    PASSED = "passed"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
