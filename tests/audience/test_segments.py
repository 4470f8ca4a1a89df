from __future__ import annotations

import pytest

from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.errors import NotFound, Refused


def save(session, now, name="测试人群", rule=None, **given):
    rule = rule or Rule(grades=(1,))
    return segments.save_segment(session, name=name, rule=rule, by=1, now=now, **given)


def test_the_standard_segments_are_made_once_with_everybody_first(session, now):
    first = segments.make_standard_segments(session, now)
    again = segments.make_standard_segments(session, now)
    assert [s.id for s in first] == [s.id for s in again]
    assert len(first) == 10
    assert segments.list_segments(session)[0].name == "全县在册人员"
    assert segments.rule_of(session, first[0]) == Rule()


def test_a_segment_is_saved_and_changed_under_one_name(session, now):
    made = save(session, now, name=" 重度  老人 ")
    assert made.name == "重度 老人"
    changed = save(session, now, rule=Rule(grades=(2,)), segment_id=made.id)
    assert changed is made
    assert segments.rule_of(session, made) == Rule(grades=(2,))


@pytest.mark.parametrize(
    ("name", "part"), [("", "名称"), ("长" * 61, "60"), ("甲", "甲")]
)
def test_a_name_is_needed_short_and_not_taken(session, now, name, part):
    save(session, now, name="甲")
    with pytest.raises(Refused, match=part):
        save(session, now, name=name)


def test_standard_segments_stay_as_they_are(session, now):
    standard = segments.make_standard_segments(session, now)[0]
    with pytest.raises(Refused, match="自带"):
        save(session, now, segment_id=standard.id)
    with pytest.raises(Refused, match="自带"):
        segments.archive_segment(session, standard.id, now)


def test_an_archived_segment_is_gone_from_the_list(session, now):
    made = save(session, now)
    segments.archive_segment(session, made.id, now)
    assert segments.list_segments(session) == []
    with pytest.raises(NotFound):
        segments.get_segment(session, made.id)


def test_exceptions_may_not_form_a_circle(session, now):
    one = save(session, now, name="甲")
    two = save(session, now, name="乙", rule=Rule(except_segment=one.id))
    with pytest.raises(Refused, match="绕回"):
        save(session, now, "甲", Rule(except_segment=two.id), segment_id=one.id)
