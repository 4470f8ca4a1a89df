"""The operator's own readings are checked when saved, and win."""

from __future__ import annotations

import pytest

from audio.errors import Unreadable
from audio.reading import built_in, read


def test_an_operators_reading_wins_over_ours():
    own = built_in().extended({"朝阳镇": "zhao1 yang2 zhen4"})
    assert read("朝阳镇", own).pinyin == "zhao1 yang2 zhen4 。"
    assert read("朝阳镇").pinyin == "chao2 yang2 zhen4 。"


def test_a_word_can_be_respelt_in_characters():
    own = built_in().extended({"SOS": "求救", "5G": "五记"})
    assert read("按SOS，5G信号", own).spoken == "按求救，五记信号。"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("尧坝", "yao2"),
        ("尧坝", "yao2 ba4 zhen4"),
        ("尧坝", "yao ba"),
        ("尧坝", "yao6 ba4"),
        ("尧坝", "xyz1 ba4"),
        ("尧坝", ""),
        ("", "yao2"),
    ],
)
def test_a_wrong_reading_is_refused_when_saved(word, value):
    with pytest.raises(Unreadable):
        built_in().extended({word: value})


def test_u_with_dots_is_taken_in_each_spelling():
    for written in ("lü4 se4", "lv4 se4", "lu:4 se4", "LÜ4 SE4"):
        own = built_in().extended({"绿色": written})
        assert own.readings["绿色"] == ("lv4", "se4")
