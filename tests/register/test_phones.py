from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import Refused
from campaigns.register.phones import (
    is_landline,
    read_phone,
    remark,
    split_phones,
    unusual,
)

SAME = "+8613800138000"


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "13800138000.0",
        "'13800138000",
        "\u00a0\u200b13800138000\u202c\ufeff",
        "138\u202e00138000",
        "١٣٨٠٠١٣٨٠٠٠",
        "(138)00138000",
    ],
)
def test_ways_of_writing_a_mobile_come_to_one_form(written):
    assert read_phone(written) == SAME


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("1.38E+10", "文本"),
        ("1.38001E+10", "文本"),
        ("1380013800", "10 位"),
        ("138001380000", "12 位"),
        ("12345678901", "13 到 19"),
        ("11000000000", "13 到 19"),
        ("0579-88888888", "座机"),
        ("4008001234", "服务号码"),
        ("95588", "服务号码"),
        ("+85291234567", "境外"),
        ("+12025550123", "境外"),
        ("106575123456", "服务号码"),
        ("110", "服务号码"),
        ("12345", "服务号码"),
        ("13800138OOO", "不是数字"),
        ("14400138000123", "14 位"),
        ("45000", "5 位"),
    ],
)
def test_what_takes_no_sms_is_refused_with_its_reason(written, part):
    with pytest.raises(Refused, match=part) as fault:
        read_phone(written)
    assert fault.value.mend


@pytest.mark.parametrize("number", ["17000000000", "19412345678", "17400000000"])
def test_new_and_virtual_ranges_are_taken(number):
    assert read_phone(number) == f"+86{number}"


def test_a_range_that_nobody_knows_is_only_told():
    assert unusual("+8614900000000")
    assert not unusual(SAME)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800138000/13900139000", ["13800138000", "13900139000"]),
        ("13800138000、13900139000", ["13800138000", "13900139000"]),
        ("13800138000；13900139000", ["13800138000", "13900139000"]),
        ("13800138000\n13900139000", ["13800138000", "13900139000"]),
        ("13800138000 13900139000", ["13800138000", "13900139000"]),
        ("138 0013 8000", ["138 0013 8000"]),
        ("13800138000（儿子）", ["13800138000"]),
        ("13800138000，无", ["13800138000"]),
        ("无", []),
        ("/", []),
        ("0", []),
        ("—", []),
        ("", []),
    ],
)
def test_a_cell_may_hold_several_numbers_or_none(cell, numbers):
    assert split_phones(cell) == numbers


def test_a_remark_in_brackets_tells_whose_phone_it_is():
    assert remark("13800138000（儿子）") == "儿子"
    assert remark("(0830)5261234") == ""


def test_a_landline_is_known_by_its_area_code():
    assert is_landline("0830-5261234")
    assert not is_landline("13800138000")


@given(st.text(alphabet="0123456789+- ()/.、;E儿子\u200b１２３", max_size=40))
def test_any_text_is_read_or_refused_and_reading_again_changes_nothing(text):
    for part in [text, *split_phones(text)]:
        try:
            phone = read_phone(part)
        except Refused:
            continue
        assert read_phone(phone) == phone
        assert len(phone) == 14
