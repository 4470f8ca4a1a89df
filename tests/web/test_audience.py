"""Segments are counted, saved, and kept to one's own members."""

from __future__ import annotations

import re

import factories
import pytest
import stages
from sqlalchemy import select

from campaigns.audience.models import Segment


@pytest.fixture(autouse=True)
def people(writing):
    with writing() as session:
        stages.people(session)


def figures(text: str) -> list[str]:
    answer = re.search(r'id="answer">(.*?)</p>', text, re.DOTALL).group(1)
    return re.findall(r"([\d,]+) 人", answer)


def test_an_empty_rule_counts_everybody_and_says_who_cannot_be_reached(visit):
    answer = visit("xian").send("/audience/new", deed="count", include_multiple="1")
    text = answer.get_data(as_text=True)
    assert figures(text) == ["12", "9", "3"]
    assert "没有手机" in text


def test_the_preview_says_who_is_reached_how_and_who_cannot_be(visit, writing):
    with writing() as session:
        factories.member(session, categories=0b11, category=7)
        factories.member(session, category=5, guardian_phone="+8614000009999")
        factories.member(session, grade=4)
    answer = visit("xian").send("/audience/new", deed="count", include_multiple="1")
    text = answer.get_data(as_text=True)
    for table, total in (("ways", 11), ("reasons", 4)):
        body = text.split(f'id="{table}"')[1].split("</table>")[0]
        body, foot = body.split("<tfoot")
        ns = [int(n) for n in re.findall(r'class="number">(\d+)</td>', body)]
        assert sum(ns) == total
        assert f">{total}</td>" in foot
    assert "也发给监护人。" in text
    assert "没有合适的远程方式：" in text
    assert "其中 14 人重度或独居" in text
    assert "人重度或独居，却连两种方式也没有" in text


def test_a_category_and_a_township_narrow_the_count(visit):
    who = visit("xian")
    some = who.send("/audience/new", deed="count", categories="4").get_data(
        as_text=True
    )
    assert figures(some)[0] == "2"
    none = who.send(
        "/audience/new", deed="count", categories="4", townships="510522102"
    )
    assert "肢体残疾" in none.get_data(as_text=True)


def test_the_page_and_the_fragment_say_the_same(visit):
    who = visit("xian")
    whole = who.send("/audience/new", deed="count", grades="2").get_data(as_text=True)
    part = who.send("/audience/new", "/audience/count", grades="2").get_data(
        as_text=True
    )
    assert figures(whole) == figures(part)
    assert "<html" not in part


def test_an_association_counts_its_own_members_only_whatever_it_asks(visit):
    answer = visit("mangxie").send("/audience/new", deed="count", categories="4")
    text = answer.get_data(as_text=True)
    assert figures(text)[0] == "2"
    assert 'name="categories"' not in text


def test_a_saved_segment_keeps_its_rule(visit, writing):
    who = visit("xian")
    answer = who.send(
        "/audience/new",
        deed="save",
        name="福宝镇肢体",
        categories="4",
        townships="510522112",
        min_age="18",
    )
    assert answer.status_code == 303
    with writing() as session:
        saved = session.scalars(
            select(Segment).where(Segment.name == "福宝镇肢体")
        ).one()
        assert saved.rule["townships"] == ["510522112"]
        assert saved.rule["min_age"] == 18
    assert 'value="510522112" checked' in who.read(answer.location)


def test_what_was_chosen_is_kept_when_the_name_is_missing(visit):
    answer = visit("xian").send("/audience/new", deed="save", name="", grades="3")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "人群要有名称" in text
    assert re.search(r'name="grades" value="3" checked', text)


@pytest.mark.parametrize("age", ["abc", "-1", "9" * 30])
def test_an_age_that_is_none_is_a_sentence_and_not_a_fault(visit, age):
    answer = visit("xian").send("/audience/new", deed="count", min_age=age)
    assert answer.status_code in {200, 422}
    assert "notice bad" in answer.get_data(as_text=True)


def test_names_in_the_sample_are_masked(visit):
    text = visit("xian").send("/audience/new", deed="count").get_data(as_text=True)
    assert "测＊" in text
    assert "测试" not in text


def test_village_staff_have_no_segments(visit):
    assert visit("fubao").open("/audience/").status_code == 403


def test_the_list_remembers_whom_a_count_reached_and_when_each_was_used(visit, writing):
    """Counted as each reader sees it, and forgotten with the rule it was counted by."""
    saved = {"deed": "save", "name": "两镇的人", "grades": ["1", "2"]}
    who, other = visit("xian"), visit("mangxie")
    address = who.send("/audience/new", **saved).location
    assert _line(who).split()[-3:] == ["–", "xian", "–"]
    for each in (who, other):
        direct = figures(each.read(address))[1]
        line = re.search(rf" {direct} 今天 \d\d:\d\d数的 xian –$", _line(each))
        assert line, "what the segment's own page says; no campaign has used it"
    who.send(address, **{**saved, "grades": "1"})
    assert _line(other).split()[-3:] == ["–", "xian", "–"]
    with writing() as session:
        stages.launched(session, segment_id=int(address.rpartition("/")[2]))
    assert re.search(r"xian 今天 \d\d:\d\d$", _line(who))
    assert _line(other).endswith("xian –"), "another's campaign"


def _line(visitor) -> str:
    rows = re.findall(r"<tr.*?</tr>", visitor.read("/audience/"), re.DOTALL)
    (row,) = (row for row in rows if "两镇的人" in row)
    return re.sub(r"(<[^>]*>|\s)+", " ", row).strip()
