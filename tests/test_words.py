"""Every closed list has its words, so that no screen shows a code."""

from __future__ import annotations

import pytest

from campaigns import vocabulary as v
from campaigns.words import knows, word

LISTS = {
    "approval": v.ApprovalWay,
    "bulletin": v.BulletinState,
    "campaign": v.CampaignState,
    "announcement": v.AnnouncementState,
    "missed": v.MissedReason,
    "urgency": v.Urgency,
    "member": v.MemberStatus,
    "number": v.NumberStatus,
    "basis": v.LegalBasis,
    "import": v.ImportState,
    "row": v.RowVerdict,
    "undone": v.Undone,
    "level": v.Level,
    "sex": v.Sex,
    "outcome": v.VisitOutcome,
    "need_kind": v.NeedKind,
    "need": v.NeedState,
    "preference": v.Preference,
    "wish": v.Wish,
}
CODES = [f"{prefix}.{it.value}" for prefix, enum in LISTS.items() for it in enum]
CODES += [f"reason.{it.value}" for it in v.Reason if it]
CODES += [f"receipt.{it.value}" for it in sorted(v.RECEIPT_CLASSES)]
CODES += [state.word for state in v.MessageState]
CODES += [f"category_{int(category)}" for category in v.Category]
CODES += [f"channel_{channel.value}" for channel in v.Channel]
CODES += [f"addressee_{addressee.value}" for addressee in v.Addressee]
CODES += [f"duty_{duty.value}" for duty in v.Duty]


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_a_word_in_both_languages(code):
    assert knows(code)
    assert word(code, "zh")
    assert word(code, "en")


def test_one_state_is_never_called_by_anothers_name():
    for prefix in ("message", "campaign", "announcement", "bulletin"):
        codes = [code for code in CODES if code.startswith(f"{prefix}.")]
        assert len({word(code) for code in codes}) == len(codes)
