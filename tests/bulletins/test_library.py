from __future__ import annotations

import factories
import pytest

from campaigns.bulletins.library import library_text, sample, start_from_library, texts
from campaigns.bulletins.sms_length import measure
from campaigns.bulletins.wording import fill, names_in, values_for
from campaigns.errors import NotFound


def test_there_are_fourteen_texts_each_with_its_own_id():
    assert len(texts()) == len({text.id for text in texts()}) == 14


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.id)
def test_every_text_is_one_part_with_the_longest_names(text):
    values = sample(longest=True)
    assert measure(fill(text.sms, values), values["org"]).units <= 67


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.id)
def test_every_text_names_the_variables_it_uses(text):
    used = names_in(text.sms, text.spoken, *text.easy_read)
    assert set(used) == set(text.variables)
    assert set(text.decided_locally) <= set(text.variables)


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.id)
def test_every_text_can_be_filled_in_from_its_first_draft(session, text):
    unit = factories.unit(session)
    version = start_from_library(session, text.id, by=1, now=factories.NOW)
    values = values_for(version, unit, "福宝镇", "大坪村")
    assert "${" not in fill(version.sms_text, values)
    assert "${" not in fill(version.spoken_text, values)


def test_what_is_read_out_follows_what_is_entered(session):
    unit = factories.unit(session)
    version = start_from_library(session, "T02", by=1, now=factories.NOW)
    version.values = {**version.values, "temp": "41"}
    assert values_for(version, unit)["temp_spoken"] == "四十一"


def test_an_unknown_text_is_said_so():
    with pytest.raises(NotFound, match="T99"):
        library_text("T99")
