"""Chinese first, English by switch, and never a page in both."""

from __future__ import annotations

import re


def test_the_browser_decides_before_signing_in(visit) -> None:
    stranger = visit()
    english = stranger.client.get("/sign-in", headers={"Accept-Language": "en"})
    chinese = stranger.client.get("/sign-in", headers={"Accept-Language": "zh-CN"})
    assert 'lang="en"' in english.get_data(as_text=True)
    assert 'lang="zh-CN"' in chinese.get_data(as_text=True)


def test_words_follow_the_reader_and_not_whoever_came_first(visit) -> None:
    first, second = visit("xian"), visit("shenpi")
    assert "<h1>首页" in first.read("/")
    second.send("/me", "/me/language", language="en")
    assert "<h1>Home" in second.read("/")
    assert "<h1>首页" in first.read("/")


def test_the_choice_is_kept_for_the_next_sign_in(visit) -> None:
    visit("xian").send("/me", "/me/language", language="en")
    assert "Sign out" in visit("xian").read("/me")


def test_english_pages_of_the_office_hold_no_chinese_of_ours(visit) -> None:
    person = visit("guanli")
    person.send("/me", "/me/language", language="en")
    for address in ("/", "/health", "/accounts/new", "/me/display", "/help"):
        text = person.read(address)
        main = text[text.index("<main") : text.index("</main>")]
        words = re.sub(r"<option.*?</option>|<script.*?</script>", "", main, flags=16)
        found = re.findall(r"[\u4e00-\u9fff]+", words)
        assert set(found) <= {"合江县", "福宝镇", "白沙镇"}, address
