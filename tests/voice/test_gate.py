"""The gate itself: what it counts as lost, without a recogniser."""

from __future__ import annotations

from voice.conftest import differences, toneless


def test_the_gate_finds_a_lost_clause_and_a_lost_word():
    said = toneless("今天不要出门。请把药和证件装好。")
    assert differences(said, said) == (0, 0)
    assert differences(said, said[:6])[1] > 2
    assert differences(said, [one for one in said if one != "bu"])[0] == 1
