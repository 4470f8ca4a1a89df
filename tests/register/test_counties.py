"""A county is found by what people call it."""

from __future__ import annotations

import pytest

from campaigns.errors import NotFound, Refused
from campaigns.register.counties import find_county, known_counties
from campaigns.register.models import Place
from campaigns.vocabulary import Level


@pytest.mark.parametrize(
    ("sought", "code"),
    [
        ("合江县", "510522"),
        ("合江", "510522"),
        (" 510522 ", "510522"),
        ("5105", "510522"),
        ("621124", "621124"),
        ("510522112201", "510522"),
        ("四川省泸州市合江县", "510522"),
    ],
)
def test_name_code_or_a_part_of_them_is_enough(county, sought, code):
    assert find_county(county, sought) == code


@pytest.mark.parametrize(("sought", "names"), [("6211", "临洮县"), ("县", "安义县")])
def test_several_are_named_and_none_is_guessed(county, sought, names):
    with pytest.raises(Refused, match=names):
        find_county(county, sought)


@pytest.mark.parametrize("sought", ["", "  ", "不存在", "99"])
def test_what_fits_nothing_is_told_with_what_there_is(county, sought):
    with pytest.raises(NotFound, match="合江县（510522）"):
        find_county(county, sought)


def test_a_county_whose_list_was_brought_in_can_be_chosen(county):
    county.add(Place(code="330782", name="义乌市", level=Level.COUNTY, source="x"))
    county.flush()
    assert "330782" in known_counties(county)
    assert find_county(county, "义乌") == "330782"
