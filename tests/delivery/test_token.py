"""Tokens are derived, told apart by attempt, and cannot be made by others."""

from __future__ import annotations

import pytest

from campaigns.delivery import token
from campaigns.delivery.token import Token

KEY = b"k" * 32


def test_a_token_says_what_it_was_made_of():
    made = token.mint(KEY, 7, 10_000_000_001, 3)
    assert token.read(KEY, made) == Token(7, 10_000_000_001, 3)
    assert len(made) == 40
    assert made.isalnum()


def test_the_same_attempt_has_the_same_token_and_another_one_another():
    assert token.mint(KEY, 7, 1, 1) == token.mint(KEY, 7, 1, 1)
    assert token.mint(KEY, 7, 1, 1) != token.mint(KEY, 7, 1, 2)


@pytest.mark.parametrize("text", [None, "", "x", "a" * 40, "ä" * 40, "1" * 40, "=" * 8])
def test_what_is_not_ours_is_nothing(text):
    assert token.read(KEY, text) is None


def test_a_token_changed_in_one_place_is_nothing():
    made = token.mint(KEY, 7, 1, 1)
    for at, letter in enumerate(made):
        other = "b" if letter != "b" else "c"
        assert token.read(KEY, made[:at] + other + made[at + 1 :]) is None
    assert token.read(b"j" * 32, made) is None


def test_a_serial_says_message_and_attempt_in_twenty_digits():
    made = token.serial(KEY, 10_000_000_001, 3)
    assert (len(made), made.isdecimal()) == (20, True)
    assert token.read(KEY, made) == Token(0, 10_000_000_001, 3)
    assert token.read(b"j" * 32, made) is None


def test_a_serial_changed_in_one_place_is_nothing():
    made = token.serial(KEY, 7, 1)
    for at, digit in enumerate(made):
        other = str((int(digit) + 1) % 10)
        assert token.read(KEY, made[:at] + other + made[at + 1 :]) is None
