"""What a person at the microphone reads from."""

from __future__ import annotations

import re

import pytest

from audio.errors import Unreadable
from audio.sheet import _toned, read_aloud_sheet


def test_hard_words_have_their_pinyin_and_easy_ones_do_not():
    sheet = read_aloud_sheet("请到卡口登记。癫痫病人不要停药。", "登记")
    assert "<ruby>卡<rt>qiǎ</rt></ruby><ruby>口<rt>kǒu</rt></ruby>" in sheet
    assert "<rt>diān</rt>" in sheet
    assert "<ruby>请" not in sheet


def test_each_sentence_is_a_line_and_each_pause_is_marked():
    sheet = read_aloud_sheet("多喝水，少出门。谢谢大家！", "高温")
    body = sheet[sheet.index("<p>多") :]
    assert body.count("<p>") == 2
    assert body.count("|</span>") == 1
    assert body.count("‖</span>") == 2


def test_numbers_stand_as_they_are_spoken():
    assert "零八三零" in re.sub(
        "<rt>.*?</rt>|<.*?>", "", read_aloud_sheet("打0830-5261234", "")
    )


def test_the_sheet_is_large_and_stands_alone():
    sheet = read_aloud_sheet("戴口罩。", "<b>标题</b>")
    assert "30px" in sheet
    assert "&lt;b&gt;标题" in sheet
    assert not re.search(r"(src|href)=|url\(|<script", sheet)


@pytest.mark.parametrize(
    ("sound", "toned"),
    [("lv4", "lǜ"), ("gui4", "guì"), ("liu2", "liú"), ("hao3", "hǎo"), ("men5", "men")],
)
def test_tones_stand_over_the_right_vowel(sound, toned):
    assert _toned(sound) == toned


def test_a_text_that_cannot_be_read_gives_no_sheet():
    with pytest.raises(Unreadable):
        read_aloud_sheet("😷", "x")
