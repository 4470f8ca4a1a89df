from __future__ import annotations

import pytest

from campaigns.delivery.codes import meaning, profiles
from campaigns.vocabulary import MessageState, Reason

FAILED, DONE = MessageState.UNDELIVERED, MessageState.DELIVERED


@pytest.mark.parametrize(
    ("profile", "code", "state", "reason"),
    [
        ("cmpp", "DELIVRD", DONE, Reason.NONE),
        ("cmpp", "EXPIRED", FAILED, Reason.ABSENT),
        ("cmpp", "MBBLACK", FAILED, Reason.BLOCKED),
        ("cmpp", "MK:0001", FAILED, Reason.PERMANENT),
        ("cmpp", "MK:7777", FAILED, Reason.ABSENT),
        ("cmpp", "MK:0014", FAILED, Reason.BLOCKED),
        ("cmpp", "IB:0008", FAILED, Reason.TEMPORARY),
        ("sgip", "0", DONE, Reason.NONE),
        ("smgp", "000", DONE, Reason.NONE),
        ("smgp", "303", FAILED, Reason.PERMANENT),
        ("twilio", "30003", FAILED, Reason.ABSENT),
        ("twilio", "sending", None, Reason.UNKNOWN),
        ("cmpp", " DELIVRD ", DONE, Reason.NONE),
    ],
)
def test_a_code_means_what_its_carrier_says(profile, code, state, reason):
    found = meaning(profile, code)
    assert (found.state, found.reason, found.known) == (state, reason, True)


@pytest.mark.parametrize(
    ("profile", "code"), [("cmpp", "XX:1"), ("nobody", "DELIVRD"), ("sgip", "")]
)
def test_what_no_list_explains_is_unknown_and_says_so(profile, code):
    found = meaning(profile, code)
    assert (found.state, found.reason, found.known) == (None, Reason.UNKNOWN, False)


def test_one_code_means_different_things_to_different_carriers():
    assert meaning("smpp", "DELIVRD") == meaning("cmpp", "DELIVRD")
    assert meaning("cmpp", "MA:0001") != meaning("aggregator-anxin", "MA:0001")


def test_every_profile_of_the_list_is_known():
    assert {"cmpp", "sgip", "smgp", "smpp", "aliyun", "tencent"} <= profiles()
