from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import Refused
from campaigns.register.certificates import check_digit, read_certificate, read_id
from campaigns.vocabulary import Sex

GOOD = [
    ("51052219000101001211", date(1900, 1, 1), Sex.MALE, 1, 1),
    ("36012319010215002922", date(1901, 2, 15), Sex.FEMALE, 2, 2),
    ("41160219020330013833", date(1902, 3, 30), Sex.MALE, 3, 3),
    ("41160319030808015844", date(1903, 8, 8), Sex.MALE, 4, 4),
    ("62112119040229016452", date(1904, 2, 29), Sex.FEMALE, 5, 2),
    ("62112419050505027761", date(1905, 5, 5), Sex.MALE, 6, 1),
    ("51052219060606008X71", date(1906, 6, 6), Sex.FEMALE, 7, 1),
]
IDS = [
    "360123190711110196",
    "411681190812120402",
    "411626190308080240",
    "510599195507120039",
    "510599198802290149",
    "510599201509010210",
    "510599202601010082",
]


@pytest.mark.parametrize(("text", "born", "sex", "category", "grade"), GOOD)
def test_a_certificate_tells_birth_sex_category_and_grade(
    text, born, sex, category, grade
):
    read = read_certificate(text)
    assert (read.birth_date, read.sex) == (born, sex)
    assert (read.category, read.grade, read.reissue) == (category, grade, "")
    assert read.number == text


def test_a_reissued_certificate_keeps_its_suffix():
    read = read_certificate("51052219060606008X71B1")
    assert read.reissue == "B1"
    assert read.id_number == "51052219060606008X"


@pytest.mark.parametrize("number", IDS)
def test_ids_of_unknown_and_abandoned_counties_are_read(number):
    assert read_id(number).number == number


@pytest.mark.parametrize(
    "written",
    [
        "51052219060606008x71",
        "５１０５２２１９０６０６０６００８Ｘ７１",
        " 510522 19060606 008X 71\u200b",
        "'51052219060606008X71",
        "510522-19060606-008X-71",
    ],
)
def test_ways_of_writing_come_to_one_form(written):
    assert read_certificate(written).number == "51052219060606008X71"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("51052219000101001311", "校验"),
        ("51052219001301001211", "出生日期"),
        ("51052219000229001211", "出生日期"),
        ("51052219000101001201", "类别应是"),
        ("51052219000101001281", "类别应是"),
        ("51052219000101001215", "等级应是"),
        ("510522190001010012", "只有 18 位"),
        ("5105221900010100121", "19 位"),
        ("5.10522E+17", "文本"),
        ("51052219000101001O11", "别的字符"),
        ("", "0 位"),
        ("٥١٠٥٢٢١٩٠٠٠١٠١٠٠١٢١١", "别的字符"),
    ],
)
def test_what_is_wrong_is_said(text, part):
    with pytest.raises(Refused, match=part) as fault:
        read_certificate(text)
    assert fault.value.mend


def test_an_old_id_of_15_digits_is_named_as_such():
    with pytest.raises(Refused, match="15 位"):
        read_id("510522000101001")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        read = read_certificate(text)
    except Refused:
        return
    assert read_certificate(read.number) == read


@given(
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
    st.integers(0, 16),
)
def test_one_wrong_digit_is_always_found(born, serial, place):
    first = f"510522{born:%Y%m%d}{serial:03d}"
    number = first + check_digit(first)
    assert read_id(number).birth_date == born
    digit = str((int(number[place]) + 1) % 10)
    with pytest.raises(Refused):
        read_id(number[:place] + digit + number[place + 1 :])
