"""What carriers demand of a text, each with the sentence that says so."""

from __future__ import annotations

import factories
import pytest

from campaigns.bulletins import carrier_rules as rules
from campaigns.bulletins import templates
from campaigns.bulletins.wording import ALERT
from campaigns.errors import NotReady, Refused
from campaigns.vocabulary import Urgency

NOW = factories.NOW
SIGN = "合江县残联"
GOOD = "高温提醒：多喝水，少出门。"


def said(provider, text, *, urgency=Urgency.MUST_REACH, signature=SIGN, names=""):
    found = rules.faults(provider, urgency, text, signature, names=names)
    return [str(fault) for fault in found]


@pytest.mark.parametrize("provider", rules.RULES)
def test_a_plain_text_suits_every_carrier(provider):
    assert said(provider, GOOD) == []


@pytest.mark.parametrize(
    ("provider", "text", "needle"),
    [
        ("twilio", "看 https://a.cn/x 的通知", "链接"),
        ("aliyun", "看 www.a.com 的通知", "链接"),
        ("aliyun", "請多喝水", "繁体字：“請”"),
        ("yixintong", "多喝水😀", "发不出这个字：“😀”"),
        ("mas", GOOD + "拒收请回复R", "退订语"),
        ("aliyun", GOOD + "退订回T", "退订语"),
        ("twilio", "热" * 501, "最多收 500 字"),
        ("simulator", "热" * 600, "10 条"),
    ],
)
def test_each_offence_names_the_carrier_and_what_is_wrong(provider, text, needle):
    (fault,) = said(provider, text)
    assert needle in fault
    assert rules.word(f"provider.{provider}") in fault


@pytest.mark.parametrize("signature", ["残", "合" * 13, "合江★残联", "合江 残联", ""])
def test_a_signature_that_no_carrier_files(signature):
    (fault,) = said("aliyun", GOOD, signature=signature)
    assert "签名要 2 到 12 个字" in fault


def test_one_rare_letter_in_a_place_s_name_is_found():
    assert "㙍" in said("yixintong", GOOD, names="大坪村𡎚㙍")[0] or said(
        "yixintong", GOOD, names="大坪村𡎚㙍"
    )
    assert said("mas", GOOD, names="大坪村𡎚㙍") == []


@pytest.mark.parametrize(
    ("provider", "urgency", "ending"),
    [
        ("aliyun", Urgency.TIP, ""),
        ("twilio", Urgency.TIP, ""),
        ("portal_file", Urgency.TIP, ""),
        ("mas", Urgency.TIP, rules.REPLY_R),
        ("yixintong", Urgency.TIP, rules.REPLY_R),
        ("mas", Urgency.MUST_REACH, ""),
        ("mas", Urgency.EMERGENCY, ""),
    ],
)
def test_the_way_to_refuse_follows_from_carrier_and_class(provider, urgency, ending):
    carried = rules.as_carried(provider, urgency, GOOD, SIGN)
    assert carried.endswith(GOOD + ending)
    extra = rules.length(provider, urgency, GOOD, SIGN).units - len(f"【{SIGN}】{GOOD}")
    assert extra == len(ending)


@pytest.mark.parametrize(
    ("provider", "signed"),
    [("simulator", True), ("twilio", True), ("aliyun", False), ("mas", False)],
)
def test_the_signature_stands_there_once(provider, signed):
    carried = rules.as_carried(provider, Urgency.MUST_REACH, GOOD, SIGN)
    assert carried.count(f"【{SIGN}】") == signed


@pytest.mark.parametrize(
    ("text", "values", "needle"),
    [
        ("${乡镇}${村}有通知", {}, "挨在一起"),
        ("${乡镇}通知${township}", {}, "只能用一次"),
        ("${乡镇}", {}, "全是变量"),
        ("${地点}有通知", {"place": "长" * 36}, "最多 35 个字"),
    ],
)
def test_a_template_that_would_be_refused(text, values, needle):
    (fault,) = rules.template_faults("aliyun", text, values)
    assert needle in str(fault)
    assert list(rules.template_faults("mas", text, values)) == []


def test_the_alert_to_duty_people_makes_a_good_template():
    assert list(rules.template_faults("aliyun", ALERT, {})) == []


def test_a_text_is_filed_with_latin_names():
    assert templates.as_filed("${乡镇}的${village}") == "${township}的${village}"


def test_a_template_counts_once_it_is_approved_and_for_the_same_words(session):
    def lack(text=GOOD, provider="aliyun"):
        return list(templates.lacking(session, provider, text))

    def note(state, **given):
        templates.note_template(
            session, "aliyun", GOOD, code="SMS_1", state=state, by=1, now=NOW, **given
        )

    assert isinstance(lack()[0], NotReady)
    note("filed")
    assert isinstance(lack()[0], NotReady)
    note("refused", reason="含联系方式")
    assert "含联系方式" in str(lack()[0])
    note("approved")
    assert lack() == []
    assert lack(GOOD + "！")
    assert lack(provider="mas") == []


@pytest.mark.parametrize(
    ("code", "state"), [("", "filed"), ("模板", "filed"), ("S", "x")]
)
def test_a_template_is_noted_with_its_code_and_state(session, code, state):
    with pytest.raises(Refused):
        templates.note_template(
            session, "aliyun", GOOD, code=code, state=state, by=1, now=NOW
        )
