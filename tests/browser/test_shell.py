"""Every page of the shell and the office passes axe, with and without script."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PAGES = {
    "xian": [
        "/",
        "/register",
        "/register?category=4&contact=phone",
        "/register/1",
        "/register/1/reveal",
        "/register/1/refusal",
        "/register/refusals",
        "/register/refusals/new",
        "/register/imports",
        "/register/imports/new",
        "/start",
        "/start/unit",
        "/me",
        "/me/display",
        "/me/password",
        "/me/code",
        "/me/role",
        "/help",
        "/words?q=短信",
        "/accessibility",
        "/nowhere",
        "/accounts",
    ],
    "fubao": ["/", "/register", "/register/2"],
    "guanli": ["/", "/accounts", "/accounts/new", "/accounts/1", "/health"],
    "shenji": [
        *("/", "/audit", "/audit/log", "/audit/verify", "/audit/export"),
        "/audit/member/1",
    ],
}
ALL = [(name, address) for name, pages in PAGES.items() for address in pages]
_pages = {}


def page_of(enter, name: str, **how):
    """One signed-in page for each person and way, used again: signing in is slow."""
    key = (id(enter), name, *sorted(how.items()))
    if key not in _pages:
        _pages[key] = enter(name, **how)
    return _pages[key]


@pytest.mark.parametrize(("name", "address"), ALL)
def test_a_page_passes_in_chinese_on_a_desk(enter, faults, name, address) -> None:
    page = page_of(enter, name)
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert faults(page) == []


@pytest.mark.parametrize(("name", "address"), ALL)
def test_a_page_passes_in_english_on_a_phone_without_script(
    enter, faults, name, address
) -> None:
    page = page_of(enter, name, phone=True, script=False, language="en")
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "en"
    assert faults(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, "the page scrolls sideways"


@pytest.mark.parametrize("contrast", ["standard", "high"])
@pytest.mark.parametrize("background", ["light", "dark"])
def test_every_look_has_enough_contrast(enter, faults, contrast, background) -> None:
    page = page_of(enter, "shenpi")
    page.goto("/me/display")
    page.check(f'input[name="contrast"][value="{contrast}"]')
    page.check(f'input[name="background"][value="{background}"]')
    page.check('input[name="text_size"][value="very_large"]')
    page.click("main button.btn-primary")
    assert page.locator("html").get_attribute("data-contrast") == contrast
    for address in ("/me/display", "/register", "/register/1", "/start"):
        page.goto(address)
        assert faults(page) == [], address


def test_signing_in_passes_and_says_what_is_wrong(enter, faults) -> None:
    page = enter()
    page.goto("/sign-in")
    assert faults(page) == []
    page.fill("#name", "xian")
    page.click("main button.btn-primary")
    assert page.title().startswith("出错")
    assert page.evaluate("document.activeElement.id") == "summary"
    assert page.input_value("#name") == "xian"
    assert faults(page) == []


def test_one_reaches_the_content_by_keyboard(enter) -> None:
    page = page_of(enter, "xian")
    page.goto("/register")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_no_page_breaks_its_own_policy(enter) -> None:
    page = page_of(enter, "xian")
    said = []
    page.on("console", lambda message: said.append(message.text))
    for address in ("/", "/register", "/start/unit", "/me/display"):
        page.goto(address)
    assert [text for text in said if "Content Security Policy" in text] == []


def test_the_menu_opens_without_script_on_a_phone(enter) -> None:
    page = page_of(enter, "xian", phone=True, script=False)
    page.goto("/")
    link = page.locator('nav.menu a[href="/register"]')
    assert not link.is_visible()
    page.click(".menu-box > summary")
    assert link.is_visible()


def test_a_reason_is_asked_before_anything_is_revealed(enter, faults) -> None:
    page = page_of(enter, "shenpi")
    page.goto("/register/1/reveal")
    page.check('input[value="phone"]')
    page.click("main form button.btn-primary")
    assert page.title().startswith("出错")
    assert page.locator('input[value="phone"]').is_checked()
    page.check('input[name="reason"][value="call"]')
    page.click("main form button.btn-primary")
    assert page.locator("dd").inner_text().startswith("+86")
    assert faults(page) == []
