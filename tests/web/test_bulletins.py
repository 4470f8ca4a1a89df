"""A text is written, measured, checked, and issued by somebody else."""

from __future__ import annotations

import re
from html import unescape

import factories
import pytest
import stages

from campaigns.audience import segments
from campaigns.bulletins.drafting import current_version
from campaigns.vocabulary import BulletinState
from outreach import audit

CHECKS = ["facts", "dates", "phone", "personal", "final"]


def fields(text: str) -> dict[str, str]:
    """The editor's fields as the page shows them."""
    found = {
        name: unescape(value)
        for name, value in re.findall(
            r'<input class="form-control[^>]*name="([^"]+)"[^>]*? value="([^"]*)"', text
        )
    }
    for name, value in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL
    ):
        found[name] = unescape(value)
    found["seen"] = re.search(r'name="seen" value="([^"]*)"', text).group(1)
    return {**found, "topic": "health", "urgency": "tip"}


@pytest.fixture
def draft(visit):
    """A draft from the library with local values, and its writer."""
    writer = visit("xian")
    where = writer.send("/bulletins/new", start="T02").location
    filled = fields(writer.read(where))
    filled |= {"source": "县气象局", "valid_until": "2099-12-31"}
    filled |= {"value-date": "12月25日", "value-temp": "39"}
    filled |= {"value-phone": "0830-5200000"}
    return writer, where, filled


def test_the_editor_names_variables_in_the_readers_language(draft):
    _writer, _where, filled = draft
    assert "${乡镇}" in filled["sms_text"]
    assert "${township}" not in filled["sms_text"]


def test_the_library_is_saved_and_sent_for_review(draft, writing):
    writer, where, filled = draft
    shown = writer.send(where, deed="preview", **filled).location
    assert writer.send(shown, f"{shown}/submit").status_code == 303
    with writing() as session:
        assert current_version(session, 1).state is BulletinState.IN_REVIEW


def test_parts_and_price_follow_the_words(draft):
    writer, where, filled = draft
    page = where.replace("/edit", "/measure")
    short = writer.send(where, page, **{**filled, "sms_text": "天热。"}).get_data(
        as_text=True
    )
    long = writer.send(where, page, **{**filled, "sms_text": "热" * 64}).get_data(
        as_text=True
    )
    assert "1 条" in short
    assert "要算 2 条" in long
    assert "再删 1 字" in long
    assert "<html" not in short


def test_a_word_is_replaced_without_script_and_nothing_else_is_lost(draft):
    writer, where, filled = draft
    filled |= {"sms_text": "务必多喝水。", "replace": "sms:0", "title": "改过的标题"}
    text = writer.send(where, **filled).get_data(as_text=True)
    again = fields(text)
    assert again["sms_text"] == "一定多喝水。"
    assert again["title"] == "改过的标题"
    assert again["spoken_text"] == filled["spoken_text"]


def test_what_reveals_a_category_is_said_before_review(draft):
    writer, where, filled = draft
    filled["sms_text"] = "盲人朋友请注意。"
    text = writer.send(where, deed="check", **filled).get_data(as_text=True)
    assert "会让人看出收信人的情况" in text
    assert "有 1 处必须改" in text


def test_two_writers_do_not_overwrite_each_other(draft, visit):
    writer, where, filled = draft
    other = visit("shenpi")
    assert other.send(where, deed="save", **filled).status_code == 303
    answer = writer.send(where, deed="save", **{**filled, "sms_text": "我的话。"})
    assert answer.status_code == 422
    assert "别人刚改过" in answer.get_data(as_text=True)
    assert fields(answer.get_data(as_text=True))["sms_text"] == "我的话。"


def test_a_wrong_date_keeps_the_page_and_says_how_to_write_it(draft):
    writer, where, filled = draft
    answer = writer.send(where, deed="save", **{**filled, "valid_until": "明天"})
    assert answer.status_code == 422
    assert "2026-11-25" in answer.get_data(as_text=True)


def in_review(draft) -> str:
    writer, where, filled = draft
    shown = writer.send(where, deed="preview", **filled).location
    writer.send(shown, f"{shown}/submit")
    return shown


def seen(text: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', text).group(1)


def test_the_writer_cannot_issue_and_a_second_person_can(draft, visit, writing):
    shown = in_review(draft)
    writer, review = draft[0], f"{shown}/review"
    told = {"deed": "issue", "checked": CHECKS, "heard_by": "李老师", "call_heard": 1}
    own = writer.send(review, seen=seen(writer.read(review)), **told)
    assert own.status_code == 422
    assert "不能自己审核" in own.get_data(as_text=True)
    second = visit("shenpi")
    answer = second.send(review, seen=seen(second.read(review)), **told)
    assert answer.status_code == 303
    with writing() as session:
        version = current_version(session, 1)
        assert version.state is BulletinState.ISSUED
        assert (version.heard_by, version.call_heard_by) == ("李老师", "李老师")


def test_nothing_is_issued_before_every_point_is_ticked(draft, visit, writing):
    review = f"{in_review(draft)}/review"
    second = visit("shenpi")
    told = {"seen": seen(second.read(review)), "deed": "issue", "heard_by": "李"}
    answer = second.send(review, checked=CHECKS[:4], **told)
    assert answer.status_code == 422
    with writing() as session:
        assert current_version(session, 1).state is BulletinState.IN_REVIEW


def test_a_text_goes_back_with_a_reason_only(draft, visit, writing):
    review = f"{in_review(draft)}/review"
    second = visit("shenpi")
    assert second.send(review, deed="return", reason=" ").status_code == 422
    answer = second.send(review, deed="return", reason="电话不对")
    assert "电话不对" in draft[0].read(answer.location)
    with writing() as session:
        deeds = {row.action: row for row in audit.latest(session)}
    assert deeds["return_bulletin"].details["version"] == 1
    assert {"draft_bulletin", "save_bulletin", "send_for_review"} <= set(deeds)


def test_a_stale_page_issues_nothing(draft, visit):
    review = f"{in_review(draft)}/review"
    answer = visit("shenpi").send(
        review, deed="issue", checked=CHECKS, heard_by="李", seen="0" * 64
    )
    assert answer.status_code == 422
    assert "刚被别人改动" in answer.get_data(as_text=True)


def test_associations_see_their_own_texts_only(draft, visit):
    shown = in_review(draft)
    assert visit("mangxie").open(shown).status_code == 404


def test_the_sheet_to_read_aloud_stands_alone(draft, visit):
    answer = visit("shenpi").open(f"{in_review(draft)}/aloud")
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "‖" in answer.get_data(as_text=True)


def test_a_file_that_is_no_sound_is_refused_in_words(draft):
    from io import BytesIO  # noqa: PLC0415

    writer, where, filled = draft
    writer.send(where, deed="save", **filled)
    page = where.replace("/edit", "/recording")
    answer = writer.send(page, file=(BytesIO(b"not a sound"), "a.mp3"))
    assert answer.status_code == 422
    assert "a.mp3" in answer.get_data(as_text=True)


def test_a_text_is_seen_as_a_person_of_a_segment_gets_it(visit, draft, writing):
    with writing() as session:
        stages.people(session, 3)
        everybody = segments.make_standard_segments(session, factories.NOW)[0].id
    writer, page = draft[0], draft[1].rsplit("/", 1)[0]
    text = writer.read(f"{page}?segment={everybody}&person=2")
    assert "第 2 位，看 3 位" in text
    assert "person=1" in text
    assert "person=3" in text
    assert "第 3 位" in writer.read(f"{page}?segment={everybody}&person=99")
    assert "看 3 位" not in writer.read(f"{page}?segment=999")
    assert "看 3 位" not in visit("shenji").read(f"{page}?segment={everybody}")
