from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

from factories import NOW

from outreach.web import charts
from outreach.web.charts import Moment, Part
from outreach.web.drawing import PATTERNS, Caption

CAPTION = Caption("c", "状态", "共 100 人。", ("状态", "人数", "占比"))


def drawn(markup):
    return ET.fromstring(str(markup))


def widths(svg, tone):
    rects = svg.findall(f".//rect[@class='tone-{tone}']")
    return [float(rect.get("width").rstrip("%")) for rect in rects]


def test_a_chart_says_its_title_and_sentence_and_has_no_style_attribute():
    chart = charts.stacked_bar(
        CAPTION, [Part("已送达", 60, "good"), Part("未送达", 40)]
    )
    svg = drawn(chart.drawing)
    assert svg.get("role") == "img"
    said = {svg.find("title").get("id"), svg.find("desc").get("id")}
    assert set(svg.get("aria-labelledby").split()) == said
    assert svg.find("desc").text == "共 100 人。"
    assert "style=" not in str(chart.drawing)


def test_a_single_person_among_many_is_still_seen():
    parts = [Part("已送达", 99_999, "good"), Part("结果不明", 1, "doubt")]
    svg = drawn(charts.stacked_bar(CAPTION, parts).drawing)
    assert widths(svg, "doubt")[0] >= 0.59
    assert round(sum(widths(svg, "good") + widths(svg, "doubt")), 1) == 100


def test_states_without_anybody_stay_in_the_table_but_not_in_the_bar():
    chart = charts.stacked_bar(CAPTION, [Part("a", 10, "good"), Part("b", 0, "bad")])
    assert "tone-bad" not in str(chart.drawing)
    assert [part.label for part in chart.rows] == ["a", "b"]
    assert (chart.total, chart.share(chart.rows[0])) == (10, "100.0%")


def test_an_empty_bar_is_drawn_without_dividing_by_nobody():
    chart = charts.stacked_bar(CAPTION, [Part("a", 0)])
    assert chart.total == 0
    assert chart.share(chart.rows[0]) == "–"


def test_labels_cannot_break_out_of_the_drawing():
    chart = charts.funnel(CAPTION, [Part("<script>&", 3, "good")])
    assert "<script>" not in str(chart.drawing)
    assert drawn(chart.drawing).find("text").text == "<script>&"


def test_the_funnel_measures_every_gate_against_the_first():
    gates = [Part("应联系", 200, "open"), Part("送达", 50, "good")]
    svg = drawn(charts.funnel(CAPTION, gates).drawing)
    assert widths(svg, "open") == [100.0]
    assert widths(svg, "good") == [25.0]


def test_no_bar_is_longer_than_the_page():
    gates = [Part("应联系", 600, "open"), Part("提交", 685, "good")]
    assert widths(drawn(charts.funnel(CAPTION, gates).drawing), "good") == [100.0]


def test_reasons_are_sorted_and_the_rest_is_gathered_but_listed():
    parts = [Part(f"r{n}", n, "bad") for n in range(1, 12)]
    chart = charts.sorted_bars(CAPTION, parts, "其他")
    labels = [t.text for t in drawn(chart.drawing).findall("text")][::2]
    assert labels == [f"r{n}" for n in range(11, 3, -1)] + ["其他"]
    assert len(chart.rows) == 11
    assert chart.total == sum(range(1, 12))


def test_the_line_steps_up_and_shows_the_deadline():
    moments = [Moment(NOW + timedelta(hours=h), 10 * h, f"{h}时") for h in range(3)]
    late = Moment(NOW + timedelta(hours=4), 0, "最晚 16:00")
    chart = charts.step_line(CAPTION, moments, top=20, deadline=late)
    svg = drawn(chart.drawing)
    path = svg.find(".//path[@class='steps']").get("d")
    assert path == "M0.0 160.0H250.0V80.0H500.0V0.0"
    assert svg.find("line[@class='due']").get("x1") == "100.00%"


def test_the_line_of_nothing_is_drawn_too():
    assert charts.step_line(CAPTION, [], top=0).rows == ()


def test_a_square_reads_without_its_colour():
    parts = [Part("大坪村", 0, "good", note="■"), Part("小河村", 0, "bad", note="✕")]
    svg = drawn(charts.squares(CAPTION, parts))
    assert [t.text for t in svg.findall(".//text")] == ["■", "✕"]
    assert len(re.findall("tone-", str(charts.squares(CAPTION, parts * 7)))) == 14


def test_every_tone_has_a_pattern_for_paper():
    chart = charts.stacked_bar(CAPTION, [Part(t, 1, t) for t in PATTERNS])
    ids = {p.get("id") for p in drawn(chart.drawing).iter("pattern")}
    assert ids == {f"c-{tone}" for tone in PATTERNS}
