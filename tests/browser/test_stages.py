"""Every page of a campaign's life passes axe, in both languages and without script."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from browser.addresses import ERRORS, STAGES, TODAY, VILLAGE, numbered
from browser.county import furnish

pytestmark = pytest.mark.browser

EMPTIED = """() => {
  const all = document.querySelectorAll("main form.form :is(input, textarea)");
  for (const field of all) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (field.type !== "hidden" && field.type !== "file") field.value = "";
    field.removeAttribute("required");
  }
}"""


@pytest.fixture(scope="module")
def county(site) -> str:
    """The county of ``county.py``: the address of a village's page."""
    return furnish(site)


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("nth", "name", "address"), numbered(STAGES))
def test_a_page_passes(passes, nth, name, address):
    passes(nth, name, address)


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("nth", "name", "address"), numbered(ERRORS))
def test_a_form_sent_empty_says_what_is_missing(same_page, faults, nth, name, address):
    # The same words for the same way: a person has three sign-ins at once, no more.
    page = same_page(name, **({"phone": True} if nth % 2 else {}))
    page.goto(address)
    page.evaluate(EMPTIED)
    with page.expect_navigation():
        page.locator("main form.form .btn-primary").first.click()
    assert page.title().startswith(("出错", "Error"))
    assert page.evaluate("document.activeElement.id") == "summary"
    assert faults(page) == []


@pytest.mark.parametrize("part", VILLAGE)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_village_page_passes_on_a_phone(county, same_page, faults, part, language):
    page = same_page("", phone=True, script=False, language=language)
    answer = page.goto(county + part)
    assert answer.status == 200
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.usefixtures("county")
def test_the_count_follows_what_is_chosen_without_a_press(same_page):
    page = same_page("xian")
    page.goto("/audience/new")
    page.locator('input[name="categories"][value="1"]').check()
    page.wait_for_selector("#answer")
    before = page.locator("#answer").inner_text()
    page.locator('input[name="townships"]').first.check()
    page.wait_for_function(
        "t => document.getElementById('answer').innerText !== t", arg=before
    )
    assert page.locator("#say").inner_text() == page.locator("#answer").inner_text()


@pytest.mark.usefixtures("county")
def test_parts_are_said_while_somebody_writes_and_only_when_they_change(same_page):
    page = same_page("xian")
    page.goto("/bulletins/1/edit")
    page.fill("#sms_text", "热" * 64)
    page.wait_for_selector("#sms-count strong")
    assert "2" in page.locator("#say").inner_text()


@pytest.mark.usefixtures("county")
def test_a_colleague_listens_in_the_browser(same_page):
    page = same_page("shenpi")
    page.goto("/fieldwork/villages/1")
    page.evaluate("document.querySelector('audio').load()")
    page.wait_for_function("() => document.querySelector('audio').duration > 1")


@pytest.mark.usefixtures("county")
def test_on_a_phone_a_block_names_each_cell_once_and_leaves_out_what_there_is_not(
    same_page,
):
    page = same_page("fubao", phone=True)
    page.goto("/fieldwork/announcements/1")
    cell = page.locator("#villages td", has=page.locator("a", has_text="MP3")).first
    left = {round(link.bounding_box()["x"]) for link in cell.locator("a").all()}
    assert len(left) == 1
    assert left.pop() > cell.bounding_box()["x"] + 100
    assert page.locator("#villages td", has_text=re.compile("^–$")).first.is_hidden()
    page.goto("/reporting/campaigns/1")
    figures = page.locator("#people-table tbody tr").first
    assert figures.bounding_box()["height"] < 90


@pytest.mark.usefixtures("county")
def test_on_paper_tables_are_tables_and_a_notice_is_read_from_a_wall(same_page):
    page = same_page("xian")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 962})
    page.goto("/planning/")
    assert page.locator("main tr").first.evaluate(
        "e => getComputedStyle(e).display"
    ) == ("table-row")
    page.goto("/bulletins/1/notice")
    size = page.locator(".paper p").first.evaluate("e => getComputedStyle(e).fontSize")
    assert float(size.removesuffix("px")) >= 18 * 96 / 72
    assert not re.search("今天|明天", page.locator(".paper").inner_text())
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.usefixtures("county")
def test_a_village_without_news_is_a_square_too(same_page):
    page = same_page("xian")
    page.goto("/fieldwork/announcements/1")
    silent = page.locator(".squares .tone-open")
    assert silent.count()
    assert silent.first.evaluate("e => getComputedStyle(e).stroke") != "none"


TREES = Path(__file__).parent / "trees"
HEARD = {
    "home": ("shenpi", "/", "body"),
    "home-association": ("mangxie", "/", "main"),
    "home-township": ("fubao", "/", "main"),
    "home-village": ("cun", "/", "main"),
    "home-auditor": ("shenji", "/", "main"),
    "home-administrator": ("guanli", "/", "main"),
    "home-city": ("shilian", "/", "main"),
    "register": ("xian", "/register?category=1", "main"),
    "member": ("xian", "/register/1", "main"),
    "release": ("xian", "/planning/5", "main"),
    "import-check": ("xian", "/register/imports/1", "main"),
    "segment": ("xian", "/audience/1", "main"),
    "editor": ("xian", "/bulletins/1/edit", "main"),
    "approve": ("shenpi", "/planning/6/approve", "main"),
    "progress": ("xian", "/delivery/1", "main"),
    "report": ("xian", "/reporting/campaigns/1", "main"),
    "visits": ("xian", "/fieldwork/visits", "main"),
    "visit": ("xian", "/fieldwork/visits/1", "main"),
    "daily-report": ("fubao", f"/reporting/daily/{TODAY}", "main"),
    "village": ("", "", "body"),
}
VARIES = (
    (r"\d{1,2}:\d{2}", "hh:mm"),
    (r"今天|昨天|明天|(\d+年)?\d+月\d+日|\d{4}-\d\d-\d\d", "某日"),
    (r"一共 \d+ 秒|[\d.]+ kB", "若干"),
    (r"，已经迟 \d+ 分钟", ""),
    (r"尾号 \d+", "尾号 0000"),
    (r"\d+ 个部件", "几个部件"),
    (r'(?s)(table "最近的操作":).*', r"\1\n"),
    (r"/(url|v|assets)\S*: \S+", "/url"),
    (r"(?m)^.*迟报的原因.*\n", ""),
)
"""What differs from hour to hour."""


@pytest.mark.parametrize("name", HEARD)
def test_a_screen_reader_meets_the_page_as_it_was_read_last(county, same_page, name):
    """``TREES=write`` writes the trees anew; read the difference before it is kept."""
    who, address, part = HEARD[name]
    page = same_page(who)
    page.goto(address or county)
    heard = page.locator(part).aria_snapshot() + "\n"
    for pattern, instead in VARIES:
        heard = re.sub(pattern, instead, heard)
    kept = TREES / f"{name}.yaml"
    if os.environ.get("TREES") == "write":
        kept.write_text(heard, "utf-8")
    assert heard == kept.read_text("utf-8")
