from __future__ import annotations

import pytest

from campaigns.bulletins.library import texts
from campaigns.bulletins.plain_language import hints, is_blocked, replace


@pytest.mark.parametrize(
    "text",
    [
        "盲人朋友：明天体检。",
        "各位视力残疾人：明天体检。",
        "视力、听力残疾的请来。",
        "您是二级残疾，可以申请。",
        "精神病患者按时吃药。",
        "残疾儿童康复有补助。",
        "聋哑人优先。",
        "问正常人就行。",
        "身份证51052219900101001X带来。",
        "打13800138000找王医生。",
        "打+86 138 0013 8000找王医生。",
        "卡号6222020200112233445收钱。",
        "点http://a.example看。",
        "看abc.com就行。",
        "注意★高温",
        "【县残联】高温",
        "高溫提醒",
        "天热😀",
        "体检免费，拒收请回复R",
    ],
)
def test_a_text_message_must_not_say_this(text):
    assert is_blocked(text, "sms")


@pytest.mark.parametrize(
    "text",
    [
        "残疾人证快到期请换证。带盲杖、助听器。",
        "打120，或0830-5260000，12345热线。",
        "${date}在${place}，请联系${phone}。",
        "收款不收1000000元。",
    ],
)
def test_a_text_message_may_say_this(text):
    assert not is_blocked(text, "sms")


def test_what_all_may_hear_may_name_a_group_but_never_a_person():
    assert not is_blocked("盲人协会请大家体检。", "spoken")
    assert is_blocked("找王医生，电话13800138000。", "spoken")


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.id)
def test_the_library_breaks_none_of_its_own_rules(text):
    forms = {"sms": text.sms, "spoken": text.spoken}
    found = [hint for kind, form in forms.items() for hint in hints(form, kind)]
    found += hints("\n".join(text.easy_read), "easy_read")
    assert [hint for hint in found if hint.block] == []
    long = [hint.values.get("length") for hint in found if "拆成" in hint.sentence]
    assert long in ([], ["26"])


def test_an_official_word_is_offered_in_plain_words_and_can_be_replaced():
    [hint] = hints("请务必戴口罩。", "sms")
    assert (hint.block, hint.better) == (False, "一定")
    assert replace("请务必戴口罩。", hint) == "请一定戴口罩。"
    assert replace("已经改过了的文字", hint) == "已经改过了的文字"


def test_traditional_letters_are_offered_in_simplified_ones():
    text = "高溫提醒"
    [hint] = hints(text, "sms")
    assert replace(text, hint) == "高温提醒"


def test_a_long_sentence_is_said_with_its_length():
    [hint] = hints("字" * 26 + "。短句。", "sms")
    assert (hint.block, hint.values["length"]) == (False, "26")


def test_numbers_in_a_spoken_text_are_offered_as_they_are_read():
    text = "气温38度，" + "大家多喝水。" * 25
    [hint] = hints(text, "spoken")
    assert replace(text, hint).startswith("气温三十八度")


def test_an_easy_text_has_three_lines_of_fifteen():
    sentences = [hint.sentence for hint in hints("短\n短\n短\n短", "easy_read")]
    assert any("最多 %(limit)s 行" in sentence for sentence in sentences)
    long = [hint.sentence for hint in hints("字" * 16, "easy_read")]
    assert any("每行最多" in sentence for sentence in long)
