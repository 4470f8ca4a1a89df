"""The issued words for groups and paper, and the office's own list."""

from __future__ import annotations

from io import BytesIO

import pytest
import stages


@pytest.fixture
def issued(writing):
    """An issued text's address."""
    with writing() as session:
        return f"/bulletins/{stages.version(session).bulletin_id}"


def test_the_group_gets_the_approved_words(issued, visit):
    xian = visit("xian")
    assert f"{issued}/share" in xian.read(issued)
    text = xian.read(f"{issued}/share")
    assert "【合江县残联】高温提醒：多喝水，少出门。" in text
    assert "来源：县气象局" in text
    assert "盖章" in xian.read(f"{issued}/notice")
    assert visit("fubao").open(f"{issued}/share").status_code == 403


def test_the_offices_words_are_a_file(visit):
    xian = visit("xian")
    page = "/bulletins/words"
    assert "还没有词表" in xian.read(page)
    bad = xian.send(page, file=(BytesIO("好".encode("gb18030")), "words.txt"))
    assert "不是 UTF-8" in bad.get_data(as_text=True)
    words = "代开发票,广告,禁用\n点击领取,广告,提醒\n"
    xian.send(page, file=(BytesIO(words.encode()), "words.txt"))
    shown = xian.read(page)
    assert "代开发票" in shown
    assert "只提醒" in shown
    assert visit("mangxie").send(page, file=(BytesIO(b"x"), "w.txt")).status_code == 403


def test_pasted_text_is_tidied_on_the_form_and_saved_by_nobody(visit, writing):
    with writing() as session:
        made = stages.version(session)
        made.state, address = "draft", f"/bulletins/{made.bulletin_id}/edit"
    answer = visit("xian").send(
        address, deed="tidy", title="高温", urgency="tip", sms_text="★高溫★，多喝水。"
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "高温，多喝水。" in text
    assert "★" not in text.split('id="sms_text"')[1].split("</textarea>")[0]
