"""Texts agree in all their forms, name nobody, and read the same to everyone."""

from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest

from campaigns.bulletins import sensitive, sharing
from campaigns.bulletins.agreement import disagreements, facts
from campaigns.bulletins.library import texts
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.plain_language import is_blocked
from campaigns.bulletins.readiness import faults
from campaigns.delivery import addressing, launching
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.errors import NotReady, Refused, Unreadable
from campaigns.vocabulary import BulletinState, Category
from outreach.web.bulletin_form import _tidied

NOW = factories.NOW

CATEGORY_WORDS = {
    Category.VISUAL: ("视力残疾", "盲人", "盲友"),
    Category.HEARING: ("听力残疾", "聋人", "聋友"),
    Category.SPEECH: ("言语残疾", "哑巴"),
    Category.PHYSICAL: ("肢体残疾", "肢残人", "瘸子"),
    Category.INTELLECTUAL: ("智力残疾", "唐氏", "智障"),
    Category.PSYCHOSOCIAL: ("精神残疾", "精神分裂", "抑郁症"),
    Category.MULTIPLE: ("多重残疾", "视力、听力残疾"),
}


def version(**forms) -> BulletinVersion:
    empty = {"sms_text": "", "spoken_text": "", "easy_read": []}
    return BulletinVersion(**{**empty, **forms})


@pytest.mark.parametrize(
    ("category", "words"),
    [(category, w) for category, ws in CATEGORY_WORDS.items() for w in ws],
)
@pytest.mark.parametrize(
    "pattern", ["各位{}，明天体检。", "请{}的家人来领。", "您是{}二级。"]
)
def test_no_text_to_a_category_may_say_which(category, words, pattern):
    assert category in CATEGORY_WORDS
    assert is_blocked(pattern.format(words), "sms")
    assert is_blocked(pattern.format(words), "easy_read")


@pytest.mark.parametrize(
    "text",
    [
        "您是二级残疾，请换证。",
        "残疾一级的来领。",
        "您的证号510599195507120039到期了。",
        "您每月补贴80元已到账。",
        "你的护理补贴120元发了。",
        "您有癫痫，按时吃药。",
    ],
)
def test_no_grade_number_amount_or_diagnosis_in_a_text(text):
    assert is_blocked(text, "sms")


@pytest.mark.parametrize(
    "text", ["体检每次收费20元。", "补贴标准每月80元，请到村里问。"]
)
def test_a_price_for_everybody_may_be_said(text):
    assert not is_blocked(text, "sms")


@pytest.mark.parametrize(
    "text",
    ["请王小明同志来村委会。", "李大爷大娘家。刘芳女士领药。", "住在3组12号的快走。"],
)
def test_a_loudspeaker_names_no_person_and_no_door(text):
    assert is_blocked(text, "spoken")


@pytest.mark.parametrize(
    "text", ["请老人、孩子都来。", "王医生坐诊。", "高温老人别出门。"]
)
def test_a_loudspeaker_may_speak_of_people(text):
    assert not is_blocked(text, "spoken")


def test_the_same_words_go_to_every_category(session):
    factories.unit(session)
    factories.places(session)
    for category in Category:
        factories.member(session, category=category, grade=1 + category % 4)
    made = factories.campaign(
        session,
        version_id=factories.version(
            session, sms_text="${township}的乡亲：天冷，多穿衣服。"
        ).id,
    )
    launching.launch(session, made.id, NOW)
    rows = session.query(Message).filter(Message.campaign_id == made.id).all()
    ready = addressing.outgoing(
        Dispatch.of(session, made.id),
        rows,
        addressing.numbers(session, rows),
        signer=b"s" * 32,
        deadline=0.0,
        now=NOW,
    )
    assert len({row.category for row in rows}) == len(ready) == len(Category)
    assert {out.text for out in ready} == {
        "【合江县残联】福宝镇的乡亲：天冷，多穿衣服。"
    }


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.id)
def test_the_librarys_forms_agree(text):
    forms = version(
        sms_text=text.sms, spoken_text=text.spoken, easy_read=list(text.easy_read)
    )
    assert disagreements(forms) == []


def test_numbers_are_the_same_in_digits_and_in_words():
    assert facts("气温四十度，十一月二十五日下午四点，两百元") == {
        "度": {40},
        "月": {11},
        "日": {25},
        "点": {16},
        "元": {200},
    }
    assert facts("40度，11月25号16点，200元") == facts(
        "四十度，十一月二十五日下午四点，二百元"
    )


def test_a_form_may_leave_a_fact_out_and_never_change_it():
    agreeing = version(
        sms_text="11月25日40度，12点前回家。", easy_read=["40度。", "12点前回家。"]
    )
    assert disagreements(agreeing) == []
    changed = version(sms_text="最高40度。", spoken_text="最高三十八度。")
    [found] = disagreements(changed)
    assert str(found.error) == "短信写的是40度，口播稿写的是38度，要一致。"


def test_disagreeing_forms_cannot_be_issued(session):
    factories.unit(session)
    factories.places(session)
    wrong = factories.version(
        session, sms_text="25日体检。", spoken_text="二十六日体检。", easy_read=[]
    )
    assert any("要一致" in str(fault) for fault in faults(session, wrong, NOW))


def test_the_offices_own_words_are_found_however_they_are_hidden(session):
    content = "\ufeff代开发票,广告,禁用\n点击领取,广告,warn\n"
    n = sensitive.replace_words(session, content.encode(), by=1, now=NOW)
    assert n == 2
    found = sensitive.find(session, "可代 开★发－票，点 击领取。")
    assert [(it.text, it.word, it.block) for it in found] == [
        ("代 开★发－票", "代开发票", True),
        ("点 击领取", "点击领取", False),
    ]
    assert sensitive.find(session, "票发开代") == []


def test_a_blocked_word_cannot_be_issued_and_a_warned_one_can(session):
    factories.unit(session)
    factories.places(session)
    sensitive.replace_words(session, "多喝水\n少出门,,warn".encode(), by=1, now=NOW)
    said = [str(it) for it in faults(session, factories.version(session), NOW)]
    assert [it for it in said if "敏感词" in it] == [
        "“多喝水”在本单位的敏感词表里，请换一个说法。"
    ] * 3


@pytest.mark.parametrize("line", ["★★", "词,类别,也许", "长" * 41])
def test_a_line_that_is_no_word_is_told_by_its_number(session, line):
    with pytest.raises(Refused, match="第 2 行"):
        sensitive.replace_words(session, f"好\n{line}".encode(), by=1, now=NOW)
    with pytest.raises(Unreadable):
        sensitive.replace_words(session, "好".encode("gb18030"), by=1, now=NOW)


def test_only_an_issued_valid_text_is_shared(session):
    factories.unit(session)
    factories.places(session)
    issued = factories.version(session, issue_number="2026-014")
    shared = sharing.share(session, issued.id, NOW)
    assert shared.group.split("\n") == [
        "【合江县残联】高温提醒：多喝水，少出门。",
        "来源：县气象局",
        "有效期至2027-12-31（2026-014）",
    ]
    assert shared.notice == ("高温提醒：多喝水，少出门。",)
    assert shared.easy_read == ("天热。", "多喝水。")
    issued.valid_until = date(2026, 11, 22)
    with pytest.raises(NotReady, match="过期"):
        sharing.share(session, issued.id, NOW + timedelta(days=0))
    for state in (BulletinState.SUPERSEDED, BulletinState.DRAFT):
        issued.state = state
        with pytest.raises(NotReady):
            sharing.share(session, issued.id, NOW)


def test_pasted_text_is_tidied_and_variables_stay():
    pasted = "★高溫提醒★：扎实(shí)防暑，${age_range}的人少出门。\u200b"
    tidied = _tidied(pasted)
    assert "★" not in tidied
    assert tidied.endswith("扎实防暑，${age_range}的人少出门。")
