from __future__ import annotations

import factories
import pytest

from campaigns.bulletins.sms_length import measure
from campaigns.bulletins.wording import alert_text, fill, names_in, values_for
from campaigns.errors import Refused


def test_names_are_found_in_chinese_and_latin_and_counted_once():
    assert names_in("${乡镇}在${place}，${township}见", "${电话}") == [
        "township",
        "place",
        "phone",
    ]


def test_chinese_and_latin_names_have_the_same_value():
    assert fill("${乡镇}=${township}", {"township": "福宝镇"}) == "福宝镇=福宝镇"


def test_a_missing_value_is_named_in_chinese():
    with pytest.raises(Refused, match="日期"):
        fill("${date}放假", {"date": ""})


@pytest.mark.parametrize("broken", ["收费$5", "${乡镇", "$乡镇", "${}", "${a b}"])
def test_a_broken_variable_is_refused_and_not_sent_as_it_is(broken):
    with pytest.raises(Refused, match="花括号"):
        fill(broken, {})


def test_place_and_unit_stand_in_and_numbers_are_read_out(session):
    unit = factories.unit(session, landline="0830-5260000")
    version = factories.version(session, values={"temp": "38", "日期": "11月25日"})
    values = values_for(version, unit, "福宝镇", "大坪村")
    text = "${单位}：${township}${村}${temp_spoken}度，${date_spoken}，${phone_spoken}"
    assert fill(text, values) == (
        "合江县残联：福宝镇大坪村三十八度，十一月二十五日，零八三零，五二六，零零零零"
    )


def test_a_versions_own_telephone_wins_over_the_units(session):
    unit = factories.unit(session)
    version = factories.version(session, values={"phone": "0830-5261111"})
    assert values_for(version, unit)["phone"] == "0830-5261111"
    assert values_for(version, unit)["phone_spoken"].endswith("一一一一")


def test_an_alert_fits_into_one_message():
    text = alert_text(village="神臂城镇大坪坝村", title="残疾人两项补贴申请和换证办法")
    assert measure(text, "定西市安定区残联").units <= 67
