from __future__ import annotations

import pytest
from sqlalchemy import func, select

from campaigns.errors import NotFound
from campaigns.register import places
from campaigns.register.models import Place
from campaigns.register.place_names import spoken, township_stem
from campaigns.register.places import Gazetteer, PlaceRow
from campaigns.vocabulary import Level


@pytest.fixture
def gazetteer(county):
    return Gazetteer.of(county, "510522")


def test_four_counties_ship_with_all_their_villages():
    counts = {
        code: sum(row.level == Level.VILLAGE for row in places.shipped_rows(code))
        for code, _ in places.shipped_counties()
    }
    assert counts == {"360123": 134, "510522": 239, "621121": 342, "621124": 335}


def test_a_county_that_does_not_ship_is_named():
    with pytest.raises(NotFound, match="999999"):
        places.shipped_rows("999999")


def test_loading_twice_changes_nothing(county):
    rows = places.shipped_rows("510522")
    assert places.load_places(county, rows, places.SOURCE) == 261
    assert county.scalar(select(func.count()).select_from(Place)) == 261


def test_a_renamed_place_is_still_found_by_its_former_name(county):
    renamed = PlaceRow("510522112", Level.TOWNSHIP, "福宝古镇")
    places.load_places(county, [renamed], "民政局")
    gazetteer = Gazetteer.of(county, "510522")
    assert gazetteer.township("福宝镇").name == "福宝古镇"


@pytest.mark.parametrize("code", ["360123", "510522", "621121", "621124"])
def test_every_shipped_place_is_found_by_its_own_name(code):
    gazetteer = Gazetteer(code)
    for row in places.shipped_rows(code):
        gazetteer.add(
            Place(
                code=row.code,
                name=row.name,
                level=row.level,
                parent=row.above,
                aliases=[],
            )
        )
    for row in places.shipped_rows(code):
        if row.level == Level.TOWNSHIP:
            assert gazetteer.township(row.name).code == row.code
        if row.level == Level.VILLAGE:
            assert gazetteer.village(row.above, row.name).code == row.code
            assert gazetteer.village(row.above, spoken(row.name)).code == row.code


@pytest.mark.parametrize(
    "written",
    [
        "福宝镇",
        "福宝",
        "福宝镇人民政府",
        "合江县福宝镇",
        "四川省泸州市合江县福宝镇",
        " 福 宝 镇",
        "510522112",
    ],
)
def test_a_township_is_found_however_it_is_written(gazetteer, written):
    assert gazetteer.township(written).code == "510522112"


def test_minority_townships_lose_the_people_before_the_kind():
    assert township_stem("三塘铺彝族苗族乡") == "三塘铺"
    assert township_stem("镇乡") != ""


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("三块石村", "三块石村民委员会"),
        ("三块石村委会", "三块石村民委员会"),
        ("三块石", "三块石村民委员会"),
        ("符阳街道三块石村", "三块石村民委员会"),
        ("百花亭社区", "百花亭社区居民委员会"),
        ("百花亭居委会", "百花亭社区居民委员会"),
    ],
)
def test_a_village_is_found_however_it_is_written(gazetteer, written, found):
    assert gazetteer.village("510522001", written).name == found


def test_a_community_is_not_the_village_of_the_same_name(gazetteer):
    assert gazetteer.village("510522001", "百花亭村") is None
    assert gazetteer.nearest("百花亭村", "510522001") == "百花亭社区"


def test_a_bare_name_that_two_places_share_is_left_to_a_person(gazetteer):
    [shared] = {
        place.parent
        for place in gazetteer._places.values()
        if place.name == "五通村民委员会"
    }
    assert gazetteer.village(shared, "五通") is None
    assert gazetteer.village(shared, "五通村").name == "五通村民委员会"


def test_without_a_township_only_a_unique_name_is_enough(gazetteer):
    assert gazetteer.village(None, "三块石村").parent == "510522001"
    assert gazetteer.village(None, "云上村") is None
