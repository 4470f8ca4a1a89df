"""A wrong number or a lost 不 is found before it is spoken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.reading import proof, read


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("最高38度", "最高三十七度。"),
        ("11月25日", "十一月二十六日。"),
        ("电话0830-5261234", "电话零八三零，五二六，幺二三五。"),
        ("2%～5%", "百分之二至百分之六。"),
        ("10500人", "一万五百人。"),
        ("8:30到场", "八点到场。"),
    ],
)
def test_a_number_that_is_not_said_is_found(text, wrong):
    assert proof.unsaid_numbers(text, read(wrong).sounds)
    assert not proof.unsaid_numbers(text, read(text).sounds)


def test_numbers_are_asked_for_in_their_order():
    assert proof.unsaid_numbers("先3天后5天", read("先五天后三天").sounds)


@given(st.integers(0, 10**12))
def test_each_count_is_heard_again(number):
    text = f"共{number}人"
    assert not proof.unsaid_numbers(text, read(text).sounds)


@given(st.integers(1, 9999), st.integers(0, 99))
def test_each_decimal_is_heard_again(whole, part):
    text = f"重{whole}.{part:02d}公斤"
    assert not proof.unsaid_numbers(text, read(text).sounds)


@pytest.mark.parametrize("sign", list(proof.NEGATIONS))
def test_a_lost_negation_is_found(sign):
    assert proof.unsaid_negations(f"请{sign}出门", "请出门") == [sign]
    assert not proof.unsaid_negations(f"请{sign}出门", f"请{sign}出门")


@pytest.mark.parametrize(
    "text",
    [
        "身份证110101199003070011",
        "证号11010119900307001X",
        "残疾人证11010119900307001144",
        "残疾人证11010119900307001X44B1",
        "找他13800001111",
        "找他138 0000 1111",
        "找他+86138-0000-1111",
    ],
)
def test_numbers_of_persons_are_found(text):
    assert proof.personal(text)


def test_a_telephone_that_is_public_is_none_of_a_person():
    assert not proof.personal("电话0830-5261234，热线12345")
    assert not proof.personal("值班手机138 0000 1111", ("13800001111",))
