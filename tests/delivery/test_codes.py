from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.codes import meaning, profiles
from campaigns.vocabulary import MessageState, Reason

FAILED, DONE = MessageState.UNDELIVERED, MessageState.DELIVERED
LINES = [
    line.split("\t")
    for line in Path(__file__)
    .with_name("receipt_codes.tsv")
    .read_text("utf-8")
    .splitlines()
    if not line.startswith("#")
]
SAYS = [line for line in LINES if line[2] != "pattern"]
PREFIXES = [line for line in LINES if line[2] == "prefix"]
STATES = {"delivered": DONE, "undelivered": FAILED, "-": None}


def expected(line):
    _, _, _, state, reason, retry, suppress = line
    return STATES[state], "" if reason == "-" else reason, retry, suppress


def got(profile, code):
    found = meaning(profile, code)
    return found.state, found.reason, found.retry, found.suppress


def test_the_list_has_all_185_codes():
    assert len(LINES) == 185
    assert {line[0] for line in SAYS} == profiles()


@pytest.mark.parametrize("line", SAYS, ids=lambda line: f"{line[0]}-{line[1]}")
def test_each_code_of_the_list_is_looked_up(line):
    for code in line[1].replace("state=", "").split("|"):
        assert got(line[0], code) == expected(line)
        assert got(line[0], f" {code} ") == expected(line)
        assert meaning(line[0], code).known


@given(
    line=st.sampled_from(PREFIXES),
    rest=st.text("0123456789ABCDEFXYZ:_", min_size=1, max_size=8),
)
def test_the_longest_prefix_counts_where_no_code_is_exact(line, rest):
    profile, start = line[:2]
    code = start + rest
    if any(code == each for known in SAYS for each in known[1].split("|")):
        return
    longest = max(
        (known for known in PREFIXES if known[0] == profile),
        key=lambda known: len(known[1]) if code.startswith(known[1]) else -1,
    )
    assert got(profile, code) == expected(longest)


@given(code=st.text(max_size=12))
def test_anything_else_is_unknown_and_never_an_error(code):
    found = meaning("cmpp", code)
    assert found.known or (found.state, found.retry, found.suppress) == (
        None,
        "no",
        "no",
    )


@pytest.mark.parametrize("number", range(1, 11))
def test_smgp_codes_are_known_by_their_other_numbers_too(number):
    assert meaning("smgp", f"3{number:02}") == meaning("smgp", f"0{number:02}")
    assert not meaning("smgp", f"3{number + 10:02}").known


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
