"""Which fact stands in which form of a text."""

from __future__ import annotations

from types import SimpleNamespace

from campaigns.bulletins.agreement import said_where


def version(sms, spoken, *easy):
    return SimpleNamespace(sms_text=sms, spoken_text=spoken, easy_read=list(easy))


def test_each_fact_is_told_with_the_forms_that_say_it():
    sms = "${township}${date}39度，电话${phone}。"
    spoken = "${乡镇}的乡亲，${date_spoken}三十九度，早上八点。"
    found = dict(said_where(version(sms, spoken, "39度。")))
    assert found == {
        "乡镇": (True, True, False),
        "日期": (True, True, False),
        "电话": (True, False, False),
        "39度": (True, True, True),
        "8点": (False, True, False),
    }


def test_a_form_that_is_not_written_says_neither_yes_nor_no():
    assert said_where(version("", "8点播。")) == [("8点", (None, True, None))]
