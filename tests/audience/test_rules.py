from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.rules import Rule, in_words
from campaigns.errors import Refused
from campaigns.vocabulary import Category

NAMES = {"510522112": "福宝镇", "510522102": "白沙镇"}

rules = st.builds(
    Rule,
    categories=st.lists(st.integers(1, 7), unique=True).map(tuple),
    grades=st.lists(st.integers(1, 4), unique=True).map(tuple),
    townships=st.sampled_from([(), ("510522112",), tuple(NAMES)]),
    min_age=st.none() | st.integers(0, 60),
    max_age=st.none() | st.integers(60, 150),
    sex=st.sampled_from([None, "m", "f"]),
    living_alone=st.none() | st.booleans(),
    chronic_illness=st.none() | st.booleans(),
    has_phone=st.none() | st.booleans(),
    include_multiple=st.booleans(),
    except_rule=st.sampled_from([None, Rule(grades=(1,))]),
)


@given(rules)
def test_a_rule_survives_its_json_and_has_words_in_both_languages(rule):
    assert Rule.from_json(rule.to_json()) == rule
    for language in ("zh", "en"):
        assert in_words(rule, NAMES, language)


def test_the_empty_rule_is_an_empty_object():
    assert Rule().to_json() == {}
    assert in_words(Rule(), {}) == "全县在册人员"
    assert in_words(Rule(), {}, "en") == "everyone on the register"


def test_a_rule_reads_as_a_sentence():
    rule = Rule(
        categories=(1,),
        grades=(1, 2),
        townships=tuple(NAMES),
        min_age=60,
        living_alone=True,
        except_rule=Rule(categories=(5,), include_multiple=False),
    )
    assert in_words(rule, NAMES) == (
        "视力残疾（含多重）；一、二级；福宝镇、白沙镇；60 岁及以上；独居；"
        "不包括：智力残疾"
    )
    assert in_words(rule, NAMES, "en") == (
        "visual (multiple included); grade 1, 2; 福宝镇, 白沙镇; aged 60 or over; "
        "living alone; except: intellectual"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"categories": (8,)},
        {"grades": (5,)},
        {"sex": "x"},
        {"min_age": 50, "max_age": 40},
        {"min_age": -1},
    ],
)
def test_conditions_that_nobody_can_meet_are_refused(given):
    with pytest.raises(Refused):
        Rule(**given)


def test_conditions_that_we_do_not_know_are_never_ignored():
    with pytest.raises(Refused, match="colour"):
        Rule.from_json({"colour": "red"})


def test_an_association_asks_for_its_own_categories_only():
    deaf = Category.HEARING.bit | Category.SPEECH.bit
    assert Rule().within(deaf).categories == (2, 3)
    assert Rule(categories=(2, 4)).within(deaf).categories == (2,)
    assert Rule(categories=(4,)).within(deaf).categories == (2, 3)
    assert Rule(categories=(4,)).within(0).categories == (4,)
