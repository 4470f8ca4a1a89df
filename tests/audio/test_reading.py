"""Every character of a notice is read, and read rightly."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.errors import Unreadable
from audio.reading import built_in, read
from audio.reading.pinyin import PAUSES
from audio.reading.sentences import clauses, together

GOLDEN = [
    line.split("\t")
    for line in (Path(__file__).parent / "readings.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
LIBRARY = json.loads(
    (Path(__file__).parents[2] / "campaigns/bulletins/library.json").read_text("utf-8")
)


@pytest.mark.parametrize(("text", "spoken", "pinyin"), GOLDEN, ids=range(len(GOLDEN)))
def test_the_golden_table_is_read_exactly(text, spoken, pinyin):
    reading = read(text)
    assert (reading.spoken, reading.pinyin) == (spoken, pinyin)


def test_the_golden_table_is_long_enough_to_mean_something():
    assert len({text for text, _, _ in GOLDEN}) >= 300


def _filled(text):
    return re.sub(r"\$\{(\w+)\}", lambda found: LIBRARY["sample"][found[1]], text)


@pytest.mark.parametrize("form", ["spoken", "sms"])
@pytest.mark.parametrize("bulletin", LIBRARY["texts"], ids=lambda one: one["id"])
def test_every_bulletin_of_the_library_can_be_read(bulletin, form):
    reading = read(_filled(bulletin[form]))
    assert not reading.removed
    assert not re.search(r"[0-9A-Za-z]", reading.spoken)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("请看https://example.org/a了解", "https"),
        ("请加微信hello咨询", "hello"),
        ("今天😷戴口罩", "😷"),
        ("体温\ufffd三十七度", "\ufffd"),
        ("请到ABCDEFGH处领取", "ABCDEFGH"),
        ("联系人：Иван", "И"),
        ("សួស្តី", "ស"),
        ("温度∆升高", "∆"),
        ("面积5∛米", "∛"),
        ("电话：${phone_spoken}", "${phone_spoken}"),
    ],
)
def test_what_cannot_be_read_is_named_and_never_left_out(text, named):
    with pytest.raises(Unreadable) as failure:
        read(text)
    assert named in str(failure.value)


@pytest.mark.parametrize("text", ["。。。", "★★★", "   \n ", "……！", "\u200b\ufeff"])
def test_a_text_without_a_word_is_refused(text):
    with pytest.raises(Unreadable):
        read(text)


def test_the_faulty_sentence_is_quoted():
    with pytest.raises(Unreadable) as failure:
        read("各位乡亲，大家好。请扫码🙏领取补贴。谢谢大家。")
    assert failure.value.values["sentence"] == "请扫码🙏领取补贴"
    assert failure.value.values["code"] == "U+1F64F"


def test_what_is_left_out_is_listed():
    reading = read("★扎實(shí)做好★\n今天发通知。\n★扎實(shí)做好★\n今天发通知。")
    assert reading.spoken == "扎实做好。今天发通知。"
    assert "(shí)" in reading.removed
    assert "★" in reading.removed


def test_an_abbreviation_in_brackets_is_not_taken_for_a_reading():
    assert "西提" in read("做检查(CT)需要预约").spoken


def test_lines_broken_in_mid_sentence_are_joined():
    text = "根据气象部门的预报，今天夜里到明天白天全县有暴\n雨，请大家注意安全。"
    assert "有暴雨" in read(text).spoken


def test_a_title_and_a_list_stay_lines_of_their_own():
    text = "关于进一步做好全县高温天气防暑工作的通知\n一、多喝水\n二、少出门"
    assert read(text).spoken == (
        "关于进一步做好全县高温天气防暑工作的通知。一、多喝水。二、少出门。"
    )


def test_taiwan_words_come_back_only_in_a_traditional_text():
    assert read("資訊工程與軟體程式").spoken == "信息工程与软件程序。"
    assert read("手机程式设计").spoken == "手机程式设计。"


@given(
    st.text(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        min_size=1,
        max_size=40,
    )
)
def test_each_character_is_one_syllable(text):
    try:
        reading = read(text)
    except Unreadable:
        return
    syllables = [sound for sound in reading.sounds if sound[-1].isdigit()]
    assert len(syllables) == sum(letter not in PAUSES for letter in reading.spoken)


@given(st.text(alphabet="今天不要出门。，；：！？、", min_size=1, max_size=200))
def test_clauses_lose_nothing_and_keep_their_length(text):
    for packed in (False, True):
        cut = clauses(text, 20)
        cut = together(cut, 40) if packed else cut
        assert "".join(text[start:end] for start, end in cut) == text
        assert all(0 < end - start <= (40 if packed else 20) for start, end in cut)


@given(st.text(max_size=80))
def test_any_text_is_read_whole_or_refused(text):
    try:
        reading = read(text)
    except Unreadable:
        return
    assert len(reading.sounds) == len(reading.spoken)


def test_each_word_of_the_lexicon_is_read_as_it_says():
    for word, reading in built_in().readings.items():
        assert read(word).sounds[: len(reading)] == tuple(reading), word


def test_a_number_without_a_word_is_read_digit_by_digit():
    long = "9" * 40
    for text in (f"比例{long}:30", f"国发〔2026〕{long}号", f"共{long}.5元"):
        assert read(text).spoken.count("九") >= 40, text
    with pytest.raises(Unreadable, match="9999999999…"):
        read("共" + "9" * 100)
    assert read("比例9999:1").spoken == "比例九千九百九十九比一。"
