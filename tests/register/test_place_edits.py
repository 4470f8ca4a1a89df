"""Names of places are changed by a person, and lists read them from then on."""

from __future__ import annotations

import pytest

from campaigns.errors import NotFound, Refused
from campaigns.register import place_edits
from campaigns.register.models import Place
from campaigns.register.places import Gazetteer
from campaigns.register.scope import Scope

COUNTY, TOWN, VILLAGE = "510522", "510522112", "510522112202"


@pytest.fixture
def town(county):
    return place_edits.get_place(county, Scope(), TOWN)


def add(session, town, name, now):
    return place_edits.add_village(session, town, name, now.date())


def test_a_village_that_was_missing_is_read_in_lists(county, town, now):
    made = add(county, town, " 新月 村", now)
    assert (made.code, made.name) == (f"{TOWN}901", "新月村")
    assert add(county, town, "满月村", now).code == f"{TOWN}902"
    found = Gazetteer.of(county, COUNTY).village(TOWN, "新月")
    assert found is made


@pytest.mark.parametrize("name", ["", "大亨村", "大亨", "村" * 61])
def test_a_name_that_is_there_or_is_none_is_refused(county, town, now, name):
    with pytest.raises(Refused):
        add(county, town, name, now)


def test_a_village_is_added_to_townships_alone(county, now):
    village = place_edits.get_place(county, Scope(), VILLAGE)
    with pytest.raises(Refused):
        add(county, village, "新月村", now)


def test_an_alias_is_read_and_a_former_name_too(county):
    village = place_edits.get_place(county, Scope(), VILLAGE)
    former = village.name
    place_edits.rename(county, village, "新坪村", ["老坪", "旧坪"])
    known = Gazetteer.of(county, COUNTY)
    for name in ("新坪村", "老坪", "旧坪", former):
        assert known.village(TOWN, name) is village
    place_edits.rename(county, village, "新坪村", [former])
    assert Gazetteer.of(county, COUNTY).village(TOWN, "老坪") is None


def test_no_place_takes_the_name_of_another(county, town, now):
    other = add(county, town, "新月村", now)
    with pytest.raises(Refused):
        place_edits.rename(county, other, "新月村", ["大亨村"])


@pytest.mark.parametrize("code", [COUNTY, "510522999", "nowhere"])
def test_no_other_place_is_opened(county, code):
    with pytest.raises(NotFound):
        place_edits.get_place(county, Scope(), code)
    assert county.get(Place, COUNTY) is not None
