from __future__ import annotations

from decimal import Decimal

import pytest

from campaigns.bulletins.sms_length import measure, price


@pytest.mark.parametrize(
    ("units", "parts", "left"),
    [(1, 1, 69), (68, 1, 2), (70, 1, 0), (71, 2, 63), (134, 2, 0), (160, 3, 41)],
)
def test_a_text_is_billed_by_the_carriers_rule(units, parts, left):
    length = measure("字" * units, "")
    assert (length.units, length.parts, length.left) == (units, parts, left)


def test_the_signature_counts_with_its_brackets():
    assert measure("字" * 63, "合江县残联").units == 70
    assert measure("字" * 64, "合江县残联").parts == 2
    assert measure("字", "【合江县残联】") == measure("字", "合江县残联")


def test_letters_digits_and_spaces_count_as_one_and_rare_characters_as_two():
    assert measure("a 1，", "").units == 4
    assert measure("𠮷😀", "").units == 4


def test_the_suffix_counts():
    assert measure("字" * 63, "", "拒收请回复R").units == 69


def test_parts_cost_thousandths_of_a_yuan():
    assert price(35_000, 49) == Decimal("1715.00")
    assert price(33_010, 49) == Decimal("1617.49")
